// What the name of a file says of the image in it.
const ENDINGS = { gz: 'gzip', bz2: 'bzip2', xz: 'xz', zst: 'zstd' };

/** "base-64-lts-24.4.1.zfs.gz" is base-64-lts in version 24.4.1; empty where it does not say. */
export function nameAndVersionOf(file) {
  const bare = file.replace(/\.(gz|bz2|xz|zst)$/i, '').replace(/\.(zfs|zvol|zss|img|raw)$/i, '');
  const parts = /^(?<name>.+?)[-_@ ]v?(?<version>\d[\w.+-]*)$/.exec(bare);
  // In base-64-lts-24.4.1, "64-lts-24.4.1" begins with a digit, too: a version has a dot, or is all that there is.
  const dotted = /^(?<name>.+)[-_@ ]v?(?<version>\d+\.[\w.+-]*)$/.exec(bare);
  return (dotted ?? parts)?.groups ?? { name: bare, version: '' };
}

/** By the ending of the name, as the API calls it. */
export function compressionOf(file) {
  const ending = /\.(\w+)(?:[?#].*)?$/.exec(file)?.[1].toLowerCase();
  return ENDINGS[ending] ?? 'none';
}
