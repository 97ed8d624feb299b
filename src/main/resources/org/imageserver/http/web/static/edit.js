// The page that changes an image. Every change says which version of it the page has seen.
import { Refused, send } from './api.js';
import { changes, clearProblems, settle, showProblems } from './fields.js';
import { compressionOf } from './names.js';
import { Transfer } from './transfer.js';
import { begin, Cancelled, Upload } from './upload.js';

const byId = (id) => document.getElementById(id);
const page = byId('edit');
const { uuid, channel } = page.dataset;
const form = byId('edit-form');
const CONFLICT = 'Somebody else has changed the image meanwhile. Load the page again, and look at what is there now.';

/** A request about the image or a part of it, in a channel that it is in. */
function image(part = '', parameters = {}) {
  // What the server gave is a query already: channel=NAME, or nothing.
  const query = new URLSearchParams(channel);
  Object.entries(parameters).forEach(([name, value]) => query.set(name, value));
  return `/images/${uuid}${part}?${query}`.replace(/[?]$/, '');
}

function guard() {
  return { 'If-Match': page.dataset.etag };
}

/** Shows the page as it is now, and says what was done. */
function again(done) {
  window.location.assign(`/i/${uuid}/edit?done=${done}`);
}

function wordsOf(failure) {
  return failure.status === 412 ? CONFLICT : failure.message;
}

/** Does something; a refusal is shown where it was asked for. */
async function report(message, action) {
  const complaint = byId(message);
  complaint.hidden = true;
  try {
    await action();
  } catch (failure) {
    if (!(failure instanceof Cancelled)) {
      complaint.textContent = wordsOf(failure);
      complaint.hidden = false;
    }
  }
}

function onPress(button, message, action) {
  byId(button)?.addEventListener('click', async () => {
    byId(button).disabled = true;
    await report(message, action);
    byId(button).disabled = false;
  });
}

// Fields.

form.addEventListener('input', () => { byId('saved').textContent = ''; });
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  clearProblems(form);
  byId('form-error').hidden = true;
  const { fields, problems } = changes(form);
  if (problems.length > 0) {
    showProblems(form, problems);
  } else if (Object.keys(fields).length === 0) {
    byId('saved').textContent = 'Nothing has changed.';
  } else {
    await save(fields);
  }
});

async function save(fields) {
  byId('save').disabled = true;
  try {
    const answer = await send('POST', image('', { action: 'update' }), { json: fields, headers: guard() });
    page.dataset.etag = answer.headers.get('ETag');
    settle(form);
    byId('saved').textContent = 'Saved.';
  } catch (failure) {
    const others = failure instanceof Refused ? showProblems(form, failure.errors) : [];
    const isSaid = failure instanceof Refused && failure.errors.length > 0 && others.length === 0;
    byId('form-error').textContent = [wordsOf(failure), ...others].join(' ');
    byId('form-error').hidden = isSaid;
  } finally {
    byId('save').disabled = false;
  }
}

// State.

for (const name of ['activate', 'enable', 'disable']) {
  onPress(name, 'state-error', async () => {
    const { action, done } = byId(name).dataset;
    await send('POST', image('', { action }), { headers: guard() });
    again(done);
  });
}

onPress('send-file', 'state-error', async () => {
  const file = byId('file').files[0];
  if (!file) {
    throw new Error('Choose a file first.');
  }
  const compression = byId('file-compression').value || compressionOf(file.name);
  const query = new URLSearchParams(channel);
  query.set('image', uuid);
  query.set('compression', compression);
  const path = await begin(file, undefined, `?${query}`);
  const transfer = new Transfer();
  transfer.show(`Uploading ${file.name}`, file.size);
  transfer.sending();
  const upload = new Upload(file, path, transfer);
  transfer.onRetry(() => upload.tryNow());
  transfer.onCancel(() => upload.cancel());
  try {
    await upload.run();
    again('file');
  } finally {
    transfer.hide();
  }
});

// Channels.

function onChannel(attribute, change) {
  document.querySelectorAll(`[data-${attribute}]`).forEach((button) => button.addEventListener('click', async () => {
    button.disabled = true;
    await report('channels-error', async () => {
      await change(button.getAttribute(`data-${attribute}`));
      again('channels');
    });
    button.disabled = false;
  }));
}

onChannel('add-to', (name) => send('POST', image('', { action: 'channel-add' }), {
  json: { channel: name },
  headers: guard(),
}));
onChannel('remove-from', (name) => send('DELETE', image('', { channel: name }), { headers: guard() }));

// Icon.

byId('icon-file').addEventListener('change', (event) => report('icon-error', async () => {
  const file = event.target.files[0];
  await send('PUT', image('/icon'), { body: file, headers: { 'Content-Type': file.type, ...guard() } });
  again('icon');
}));

onPress('icon-remove', 'icon-error', async () => {
  await send('DELETE', image('/icon'), { headers: guard() });
  again('icon-removed');
});

// Deleting, in two steps.

byId('delete').addEventListener('click', () => {
  byId('delete-confirm').hidden = false;
  byId('delete-not').focus();
});
byId('delete-not').addEventListener('click', () => {
  byId('delete-confirm').hidden = true;
  byId('delete').focus();
});
onPress('delete-really', 'delete-error', async () => {
  const everywhere = byId('channels') ? { force_all_channels: true } : {};
  await send('DELETE', image('', everywhere), { headers: guard() });
  page.hidden = true;
  byId('deleted').hidden = false;
  byId('deleted').focus();
});
