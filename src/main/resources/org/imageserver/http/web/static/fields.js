// The controls of a manifest's fields: what they say, and what the server says of them. Each control names its field
// (data-field, "requirements.min_ram"; empty for several at once) and how its text is read (data-kind).

/** What a control says cannot be read. */
class Unreadable extends Error {}

const READERS = {
  text: (text) => text.trim(),
  number: (text) => (/^\d+$/.test(text.trim()) ? Number(text) : text.trim()),
  boolean: (text) => text === 'true',
  lines: (text) => lines(text),
  pairs: (text) => pairs(text),
  networks: (text) => lines(text).map((line) => {
    const [name, description] = split(line);
    return { name, description };
  }),
  json: (text) => parsed(text, 'This is no JSON object'),
};

function lines(text) {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}

function split(line) {
  const at = line.indexOf('=');
  if (at < 1) {
    throw new Unreadable(`"${line}" is not of the form key=value.`);
  }
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** Values are text unless they are JSON: count=3 is a number, name="3" is none. */
function pairs(text) {
  if (text.trim().startsWith('{')) {
    return parsed(text, 'This begins as a JSON object, but is none');
  }
  return Object.fromEntries(lines(text).map((line) => {
    const [key, value] = split(line);
    try {
      return [key, JSON.parse(value)];
    } catch {
      return [key, value];
    }
  }));
}

function parsed(text, complaint) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (failure) {
    throw new Unreadable(`${complaint}: ${failure.message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Unreadable(`${complaint}.`);
  }
  return value;
}

function controls(root) {
  return [...root.querySelectorAll('[data-field]')];
}

/** The value of a control; undefined when it says nothing. */
function read(control, text = control.value, isChecked = control.checked) {
  const kind = control.dataset.kind ?? 'text';
  if (kind === 'flag') {
    return isChecked ? true : undefined;
  }
  return text.trim() === '' ? undefined : READERS[kind](text);
}

/** The same as it was when the page came. */
function original(control) {
  const text = control instanceof HTMLSelectElement
    ? ([...control.options].find((option) => option.defaultSelected) ?? control.options[0]).value
    : control.defaultValue;
  return read(control, text, control.defaultChecked);
}

/** Puts values of controls together; problems are of controls that cannot be read. */
function gather(root, reader) {
  const fields = {};
  const problems = [];
  for (const control of controls(root)) {
    const path = control.dataset.field;
    try {
      const value = reader(control);
      if (path === '') {
        Object.assign(fields, value);
      } else if (value !== undefined) {
        const names = path.split('.');
        const last = names.pop();
        const object = names.reduce((inner, name) => (inner[name] ??= {}), fields);
        object[last] = value;
      }
    } catch (failure) {
      if (!(failure instanceof Unreadable)) {
        throw failure;
      }
      problems.push({ field: path, control, message: failure.message });
    }
  }
  return { fields, problems };
}

/** What the controls say, as a manifest has it. */
export function collect(root) {
  return gather(root, (control) => read(control));
}

/** What the controls say otherwise than when the page came; null for what is gone. */
export function changes(root) {
  const { fields: now, problems } = collect(root);
  const { fields: before } = gather(root, original);
  const fields = {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (JSON.stringify(before[name]) !== JSON.stringify(now[name])) {
      // Name and version cannot be taken away: the server says so of an empty one.
      fields[name] = now[name] ?? (name === 'name' || name === 'version' ? '' : null);
    }
  }
  return { fields, problems };
}

/** What is there now is what changes are counted from. */
export function settle(root) {
  for (const control of controls(root)) {
    if (control instanceof HTMLSelectElement) {
      [...control.options].forEach((option) => { option.defaultSelected = option.selected; });
    } else {
      control.defaultValue = control.value;
      control.defaultChecked = control.checked;
    }
  }
}

/** Takes all messages away. */
export function clearProblems(root) {
  root.querySelectorAll('[aria-invalid]').forEach((control) => {
    control.removeAttribute('aria-invalid');
    control.removeAttribute('aria-describedby');
  });
  root.querySelectorAll('.error.of-field').forEach((message) => message.remove());
}

/**
 * Puts messages beside the controls that they are about, and goes to the first.
 *
 * @param problems of {@code {field, message, code}}, as the server lists them
 * @return the messages that are about no control here
 */
export function showProblems(root, problems) {
  const others = [];
  let first;
  for (const problem of problems) {
    const control = problem.control ?? controlOf(root, problem.field);
    const message = problem.message ?? wordsOf(problem);
    if (control) {
      attach(control, message);
      first ??= control;
    } else {
      others.push(problem.field ? `${problem.field}: ${message}` : message);
    }
  }
  if (first) {
    first.closest('details')?.setAttribute('open', '');
    first.focus();
  }
  return others;
}

function controlOf(root, field) {
  const name = CSS.escape(field ?? '');
  return name === '' ? null : root.querySelector(
    `[data-field="${name}"], [data-error-of="${name}"], [data-field="requirements.${name}"]`,
  );
}

function wordsOf(problem) {
  switch (problem.code) {
    case 'Missing':
    case 'MissingParameter':
      return 'This is needed.';
    default:
      return 'The server does not take this.';
  }
}

function attach(control, text) {
  const message = document.createElement('p');
  message.className = 'error of-field';
  message.id = `${control.id || control.dataset.field}-error`;
  message.textContent = text;
  control.setAttribute('aria-invalid', 'true');
  control.setAttribute('aria-describedby', message.id);
  (control.closest('.field') ?? control.parentElement).append(message);
}
