// The page that publishes: a file from here, a URL, or an image of another image server.
import { ask, Refused, send, Unreachable } from './api.js';
import { clearProblems, collect, showProblems } from './fields.js';
import { size } from './meter.js';
import { compressionOf, nameAndVersionOf } from './names.js';
import { known, recall, remember, unremember } from './resume.js';
import { Transfer } from './transfer.js';
import { begin, Cancelled, forget, Forgotten, Upload } from './upload.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const byId = (id) => document.getElementById(id);
const form = byId('publish-form');
const account = form.dataset.account;
const transfer = new Transfer();
let chosen = null;
/** The upload of the chosen file that the server still has. */
let resumable = null;

/** A query with the channel that the image comes into, where there are channels. */
function inChannel(parameters = {}) {
  const query = new URLSearchParams(parameters);
  if (byId('channel')) {
    query.set('channel', byId('channel').value);
  }
  return `?${query}`.replace(/[?]$/, '');
}

// Where it comes from.

function source() {
  return form.elements.source.value;
}

function showSource() {
  form.querySelectorAll('[data-source]').forEach((part) => {
    part.hidden = part.dataset.source !== source();
  });
  byId('manifest-fields').hidden = source() === 'server' || resumable !== null;
  byId('publish').textContent = resumable !== null && source() === 'file' ? 'Go on' : 'Publish';
}

form.querySelectorAll('[name="source"]').forEach((radio) => radio.addEventListener('change', () => {
  resumable = source() === 'file' ? resumable : null;
  clearMessages();
  showSource();
}));

// The file.

const drop = byId('drop');
for (const name of ['dragover', 'dragleave', 'drop']) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
  });
}
// A file that misses the field would replace the page.
for (const name of ['dragover', 'drop']) {
  window.addEventListener(name, (event) => event.preventDefault());
}
drop.addEventListener('drop', (event) => attempt(() => choose(event.dataTransfer.files[0])));
byId('file').addEventListener('change', (event) => attempt(() => choose(event.target.files[0])));

async function choose(file) {
  if (!file) {
    return;
  }
  chosen = file;
  clearMessages();
  byId('file-name').textContent = `${file.name}, ${size(file.size)}`;
  drop.classList.add('filled');
  const guess = nameAndVersionOf(file.name);
  fillIn('f-name', guess.name);
  fillIn('f-version', guess.version);
  await offerToResume(file);
}

function fillIn(id, value) {
  if (byId(id).value === '' && value) {
    byId(id).value = value;
  }
}

async function offerToResume(file) {
  const offer = byId('resume-offer');
  resumable = null;
  offer.hidden = true;
  const path = recall(account, file);
  if (path) {
    const upload = await stateOf(path);
    if (upload?.state === 'receiving' && upload.size === file.size && chosen === file) {
      resumable = { path, upload };
      const percent = Math.floor((100 * upload.offset) / upload.size);
      offer.textContent = `${titleOf(upload)}: ${percent} % of this file is here already. Go on where it stopped; its`
        + ' fields stay as they were. To begin anew, cancel it above.';
      offer.hidden = false;
    } else if (!upload) {
      unremember(account, file);
    }
  }
  showSource();
}

async function stateOf(path) {
  try {
    return await ask(path);
  } catch (failure) {
    if (failure instanceof Refused && failure.status === 404) {
      return null;
    }
    throw failure;
  }
}

function titleOf(upload) {
  return upload.name ? `${upload.name} ${upload.version}` : `file of ${upload.file_of}`;
}

// Uploads that stopped, perhaps in another window or before the page was loaded again.

async function listUnfinished() {
  const uploads = (await ask('/uploads')).filter((upload) => upload.state === 'receiving');
  const list = byId('unfinished-list');
  list.replaceChildren(...uploads.map(lineOf));
  byId('unfinished').hidden = uploads.length === 0;
}

function lineOf(upload) {
  const path = `/uploads/${upload.id}`;
  const line = document.createElement('li');
  const file = known(account, path);
  line.append(`${titleOf(upload)}: ${size(upload.offset)} of ${size(upload.size)}${file ? `, file ${file}` : ''} `);
  const cancel = document.createElement('button');
  cancel.type = 'button';
  cancel.className = 'plain';
  cancel.textContent = 'Cancel';
  cancel.setAttribute('aria-label', `Cancel the upload of ${titleOf(upload)}`);
  cancel.addEventListener('click', () => attempt(async () => {
    await forget(path);
    if (resumable?.path === path) {
      resumable = null;
      byId('resume-offer').hidden = true;
      showSource();
    }
    await listUnfinished();
  }));
  line.append(cancel);
  return line;
}

// Publishing.

form.addEventListener('submit', (event) => {
  event.preventDefault();
  clearMessages();
  attempt({ file: publishFile, url: publishUrl, server: importFromServer }[source()]);
});

async function attempt(action) {
  byId('publish').disabled = true;
  try {
    await action();
  } catch (failure) {
    transfer.hide();
    form.hidden = false;
    showSource();
    if (!(failure instanceof Cancelled)) {
      showFailure(failure);
    }
  } finally {
    byId('publish').disabled = false;
  }
}

/** What the controls say, or nothing when they cannot be read, which is shown then. */
function manifest() {
  const { fields, problems } = collect(byId('manifest-fields'));
  if (problems.length > 0) {
    showProblems(form, problems);
    return null;
  }
  return fields;
}

async function publishFile() {
  if (!chosen) {
    showProblems(form, [{ field: 'file', message: 'Choose a file first.' }]);
    return;
  }
  if (resumable) {
    await transmit(resumable.path, titleOf(resumable.upload), null);
    return;
  }
  const fields = manifest();
  if (fields) {
    await transmit(await begun(fields), `${fields.name} ${fields.version}`, fields);
  }
}

async function begun(fields) {
  const path = await begin(chosen, fields, inChannel());
  remember(account, chosen, path);
  return path;
}

/** Sends the file; begins anew by itself when the server has forgotten what came and the fields are known. */
async function transmit(path, title, fields) {
  const file = chosen;
  form.hidden = true;
  byId('unfinished').hidden = true;
  transfer.show(`Uploading ${title}`, file.size);
  transfer.sending();
  const upload = new Upload(file, path, transfer);
  transfer.onRetry(() => upload.tryNow());
  transfer.onCancel(() => attempt(async () => {
    await upload.cancel();
    unremember(account, file);
    await listUnfinished();
  }));
  const online = () => upload.tryNow();
  window.addEventListener('online', online);
  try {
    published(await upload.run(), title);
    unremember(account, file);
  } catch (failure) {
    if (failure instanceof Forgotten) {
      unremember(account, file);
      if (fields) {
        transfer.say('The server has nothing of the file any more: it begins anew.');
        await transmit(await begun(fields), title, fields);
        return;
      }
      throw new Error('The server has nothing of the file any more. Fill in the fields and publish it anew.', {
        cause: failure,
      });
    }
    if (failure instanceof Refused) {
      unremember(account, file);
    }
    throw failure;
  } finally {
    window.removeEventListener('online', online);
  }
}

async function publishUrl() {
  const fields = manifest();
  // A file that is fetched has told nothing yet when its image is made.
  const unsaid = ['type', 'os'].filter((field) => fields && !fields[field]);
  showProblems(form, unsaid.map((field) => ({ field, message: 'Say it: the file is not looked at before.' })));
  if (!fields || unsaid.length > 0) {
    return;
  }
  const url = byId('url').value.trim();
  const file = { compression: byId('url-compression').value || compressionOf(url) };
  if (byId('sha1').value.trim() !== '') {
    file.sha1 = byId('sha1').value.trim();
  }
  const image = await (await send('POST', `/images${inChannel()}`, { json: fields })).json();
  try {
    form.hidden = true;
    transfer.show(`Fetching ${fields.name} ${fields.version}`, 0);
    transfer.say('The server fetches the file and checks it while it comes.');
    transfer.onCancel(null);
    byId('transfer-cancel').hidden = true;
    const fetching = send('POST', `/images/${image.uuid}/file/from-url${inChannel(file)}`, { json: { file_url: url } });
    await watchFetch(image.uuid, fetching);
    await send('POST', `/images/${image.uuid}${inChannel({ action: 'activate' })}`);
  } catch (failure) {
    if (failure instanceof Unreachable) {
      throw new Error('The connection broke, but the server goes on fetching the file. When it is there, activate the'
        + ` image at /i/${image.uuid}/edit`, { cause: failure });
    }
    await send('DELETE', `/images/${image.uuid}${inChannel()}`);
    throw failure;
  }
  published(image.uuid, `${fields.name} ${fields.version}`);
}

/** Shows how far a fetch is until it is answered; throws what it throws. */
async function watchFetch(uuid, fetching) {
  let isOver = false;
  const end = fetching.finally(() => { isOver = true; });
  const tick = () => Promise.race([
    end.catch(() => {}),
    new Promise((resolve) => { setTimeout(resolve, 1000); }),
  ]);
  for (await tick(); !isOver; await tick()) {
    // Not to know how far it is does not end it.
    const [job] = await ask(`/images/${uuid}/jobs?execution=running`).catch(() => []);
    if (job && !isOver) {
      showProgress(job.progress, 'The server fetches the file and checks it while it comes.');
    }
  }
  await end;
}

function showProgress({ bytes, total_bytes: total }, words) {
  if (total > 0 && bytes === total) {
    transfer.verifying();
    return;
  }
  transfer.say(words);
  if (bytes > 0) {
    transfer.progress(bytes, total);
  }
}

async function importFromServer() {
  const uuid = byId('server-uuid').value.trim();
  if (!UUID.test(uuid)) {
    showProblems(form, [{ field: 'uuid', message: 'This is no uuid, as in "imgadm avail".' }]);
    return;
  }
  const query = inChannel({ action: 'import-remote', source: byId('server-url').value.trim() });
  const { job_uuid: jobUuid } = await (await send('POST', `/images/${uuid}${query}`)).json();
  form.hidden = true;
  transfer.show(`Importing ${uuid}`, 0);
  transfer.onCancel(null);
  byId('transfer-cancel').hidden = true;
  await follow(jobUuid);
  const image = await ask(`/images/${uuid}${inChannel()}`);
  published(uuid, `${image.name} ${image.version}`);
}

/** Shows how far an import is until it is over. */
async function follow(jobUuid) {
  for (;;) {
    const job = await ask(`/jobs/${jobUuid}`);
    if (job.execution === 'succeeded') {
      return;
    }
    if (job.execution === 'failed') {
      throw new Error(job.chain_results.map((step) => step.error).filter(Boolean).join(' '));
    }
    showProgress(
      job.progress,
      job.execution === 'queued' ? 'It waits for imports before it.' : 'The server fetches it.',
    );
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
  }
}

function published(uuid, title) {
  transfer.hide();
  byId('result-text').textContent = `${title} is published as ${uuid}.`;
  byId('result-link').href = `/i/${uuid}`;
  byId('result').hidden = false;
  byId('result').focus();
}

// What went wrong.

function clearMessages() {
  clearProblems(form);
  byId('form-error').hidden = true;
}

function showFailure(failure) {
  const others = failure instanceof Refused ? showProblems(form, failure.errors) : [];
  const isSaid = failure instanceof Refused && failure.errors.length > 0 && others.length === 0;
  const message = byId('form-error');
  message.textContent = [failure.message, ...others].join(' ');
  message.hidden = isSaid;
  if (!isSaid) {
    message.scrollIntoView({ block: 'center' });
  }
  if (!(failure instanceof Refused || failure instanceof Unreachable || failure.constructor === Error)) {
    throw failure;
  }
}

// Origins, by name.

const originField = byId('f-origin');
let timer = 0;
originField.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(() => suggestOrigins(originField.value.trim()), 300);
});

async function suggestOrigins(text) {
  if (text.length < 2 || /^[0-9a-f]{8}-/.test(text)) {
    return;
  }
  const images = await ask(`/images${inChannel({ name: `~${text}`, limit: '20', sort: 'published_at.desc' })}`);
  byId('origins').replaceChildren(...images.map((image) => {
    const option = document.createElement('option');
    option.value = image.uuid;
    option.label = `${image.name} ${image.version}`;
    return option;
  }));
}

showSource();
attempt(listUnfinished);
