// Which file an upload was of, so that it goes on when the page was loaded again and the same file is chosen. The file
// itself is not kept, only its name, size and date; and where storing is not allowed, nothing is.
const PREFIX = 'image-server-upload ';

function keyOf(account, file) {
  return `${PREFIX}${JSON.stringify([account, file.name, file.size, file.lastModified])}`;
}

function storage() {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

export function remember(account, file, path) {
  try {
    storage()?.setItem(keyOf(account, file), path);
  } catch {
    // Full: the upload can go on only as long as the page is open.
  }
}

export function recall(account, file) {
  return storage()?.getItem(keyOf(account, file)) ?? null;
}

export function unremember(account, file) {
  storage()?.removeItem(keyOf(account, file));
}

/** The name of the file that an upload was of, if it was begun in this browser. */
export function known(account, path) {
  const store = storage();
  const key = Object.keys(store ?? {}).find((name) => name.startsWith(PREFIX) && store.getItem(name) === path);
  const [owner, name] = key ? JSON.parse(key.slice(PREFIX.length)) : [];
  return owner === account ? name : undefined;
}
