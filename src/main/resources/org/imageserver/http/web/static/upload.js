// A file on its way to the server by the tus protocol: in parts, going on where it stopped, however often it breaks.
import { ask, proof, Refused, renewProof, send, Unreachable } from './api.js';

/** A part is one request: small enough for proxies that keep a request whole, large enough to cost nothing. */
const PART_BYTES = 32 * 1024 * 1024;
/** A connection on which nothing moves for so long is taken for dead. */
const PATIENCE_MILLIS = 45_000;
const LONGEST_PAUSE_SECONDS = 30;
const TUS = { 'Tus-Resumable': '1.0.0' };

/** The upload was cancelled here. */
export class Cancelled extends Error {}

/** The server knows the upload no more: nobody went on for an hour, or it keeps nothing over a restart. */
export class Forgotten extends Error {}

/** Asks the server for an upload of a file; its path. The query or the fields are those of POST /publish. */
export async function begin(file, fields, query = '') {
  const answer = await send('POST', `/uploads${query}`, {
    json: fields,
    headers: { ...TUS, 'Upload-Length': String(file.size) },
  });
  return answer.headers.get('Location');
}

export class Upload {
  #isCancelled = false;
  #request = null;
  #wake = null;

  /**
   * @param path of the upload, as begin() gave it
   * @param listener is told: progress(bytes), verifying(), waiting({seconds, reason, isSignedOut}), sending()
   */
  constructor(file, path, listener) {
    this.file = file;
    this.path = path;
    this.listener = listener;
  }

  /** Sends what is missing until there is an image; its uuid. Throws Refused, Cancelled or Forgotten. */
  async run() {
    let failures = 0;
    for (;;) {
      try {
        const upload = await this.#look();
        if (upload.state === 'published') {
          return upload.image;
        }
        if (upload.state === 'failed') {
          throw new Refused(400, upload.error);
        }
        if (upload.state === 'verifying') {
          this.listener.verifying();
          await this.#pause(1);
          continue;
        }
        const before = upload.offset;
        await this.#sendFrom(before, () => { failures = 0; });
      } catch (failure) {
        if (this.#isCancelled) {
          throw new Cancelled();
        }
        if (!this.#isWorthAnotherTry(failure)) {
          throw failure;
        }
        await this.#checkFile();
        failures += 1;
        await this.#waitAfter(failure, failures);
      }
    }
  }

  async #look() {
    if (this.#isCancelled) {
      throw new Cancelled();
    }
    try {
      return await ask(this.path);
    } catch (failure) {
      if (failure instanceof Refused && failure.status === 404) {
        throw new Forgotten();
      }
      throw failure;
    }
  }

  #isWorthAnotherTry(failure) {
    if (failure instanceof Forgotten) {
      return false;
    }
    if (failure instanceof Unreachable) {
      return true;
    }
    return failure instanceof Refused
        && (failure.isOfSession || failure.status === 409 || failure.status === 429
            || (failure.status >= 500 && failure.status !== 507));
  }

  /** A browser calls it a broken connection, too, when the file is not what it was. */
  async #checkFile() {
    try {
      await this.file.slice(-1).arrayBuffer();
    } catch (failure) {
      throw new Error('The file cannot be read any more. Was it changed or removed?', { cause: failure });
    }
  }

  async #waitAfter(failure, failures) {
    const isSignedOut = failure instanceof Refused && failure.isOfSession;
    if (isSignedOut && await this.#renewed()) {
      return;
    }
    if (failure.status === 409 && failures < 5) {
      // An older request was still at it, or the browser has sent this one twice: there is another offset by now.
      await this.#pause(0.5);
      return;
    }
    const seconds = Math.min(LONGEST_PAUSE_SECONDS, 2 ** (failures - 1));
    for (let left = seconds; left > 0 && !this.#isCancelled; left -= 1) {
      this.listener.waiting({ seconds: left, reason: failure.message, isSignedOut });
      if (await this.#pause(1)) {
        break;
      }
    }
    this.listener.sending();
  }

  async #renewed() {
    try {
      return await renewProof();
    } catch {
      // Not reachable either: it is tried again like everything else.
      return false;
    }
  }

  /** Waits; true if somebody ended it early. */
  #pause(seconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async #sendFrom(offset, onProgress) {
    let from = offset;
    while (from < this.file.size && !this.#isCancelled) {
      from = await this.#sendPart(from, onProgress);
    }
  }

  /** One part; where the next begins. XMLHttpRequest, because fetch does not tell how much has been sent. */
  #sendPart(from, onProgress) {
    const part = this.file.slice(from, Math.min(from + PART_BYTES, this.file.size));
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.#request = request;
      let timer = 0;
      const watch = () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), PATIENCE_MILLIS);
      };
      request.open('PATCH', this.path);
      const headers = {
        ...TUS, ...proof(), 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream',
      };
      Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
      request.upload.addEventListener('progress', (event) => {
        watch();
        onProgress();
        this.listener.progress(from + event.loaded);
      });
      request.upload.addEventListener('load', () => {
        watch();
        if (from + part.size === this.file.size) {
          this.listener.verifying();
        }
      });
      request.addEventListener('loadend', () => clearTimeout(timer));
      request.addEventListener('load', () => {
        if (request.status === 204) {
          resolve(Number(request.getResponseHeader('Upload-Offset')));
        } else {
          reject(new Refused(request.status, parsed(request.responseText)));
        }
      });
      request.addEventListener('error', () => reject(new Unreachable('The connection broke.')));
      request.addEventListener('abort', () => reject(new Unreachable('Nothing has moved for a while.')));
      watch();
      this.listener.progress(from);
      request.send(part);
    });
  }

  /** Goes on at once with what waits. */
  tryNow() {
    this.#wake?.();
  }

  /** Stops, and has the server forget what came. */
  async cancel() {
    this.#isCancelled = true;
    this.#request?.abort();
    this.tryNow();
    await forget(this.path);
  }
}

/** Has the server forget an upload; false if it is too late, because it is becoming an image. */
export async function forget(path) {
  try {
    await send('DELETE', path, { headers: TUS });
    return true;
  } catch (failure) {
    if (failure instanceof Refused && failure.status === 409) {
      return false;
    }
    if (failure instanceof Refused && failure.status === 404) {
      return true;
    }
    throw failure;
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
