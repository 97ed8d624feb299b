// What every page has: buttons that copy. <button class="copy" data-copy="text"> puts the text on the clipboard,
// data-copy-from="id" the text or value of that element. Without this script the buttons are not shown.
document.documentElement.classList.add('js');

const said = document.createElement('div');
said.className = 'unseen';
said.setAttribute('role', 'status');
document.body.append(said);

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy], [data-copy-from]');
  if (!button) {
    return;
  }
  const done = await copy(textOf(button));
  said.textContent = done ? 'Copied' : 'Copying failed: select the text and copy it by hand.';
  button.classList.add(done ? 'done' : 'failed');
  setTimeout(() => button.classList.remove('done', 'failed'), 1500);
});

function textOf(button) {
  if (button.dataset.copyFrom === undefined) {
    return button.dataset.copy;
  }
  const source = document.getElementById(button.dataset.copyFrom);
  return 'value' in source ? source.value : source.textContent;
}

/** Browsers have a clipboard for scripts on https only; on plain http the old way still works. */
async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: try the other way.
    }
  }
  const area = document.createElement('textarea');
  area.className = 'unseen';
  area.value = text;
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  before?.focus();
  return done;
}
