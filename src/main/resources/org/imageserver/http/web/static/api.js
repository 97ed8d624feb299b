// Requests to this server in the name of whoever is signed in.

/** An answer that says no, in the server's own words. */
export class Refused extends Error {
  constructor(status, error) {
    super(error.message ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = error.code ?? '';
    this.errors = error.errors ?? [];
  }

  /** Whether signing in again may help. */
  get isOfSession() {
    return this.status === 401 || this.code === 'InvalidCsrfToken';
  }
}

/** The server did not answer, or the connection broke. */
export class Unreachable extends Error {}

/** What a write must carry beside the cookie; nothing where nobody signs in. */
export function proof() {
  const token = document.querySelector('meta[name="csrf"]')?.content;
  return token ? { 'X-CSRF-Token': token } : {};
}

/** Who signed in again in another window has another token by now: a fresh one is in every page. */
export async function renewProof() {
  const own = document.querySelector('meta[name="csrf"]');
  const answer = await reach('/sign-in', { headers: { Accept: 'text/html' } });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('meta[name="csrf"]')?.content ?? '';
  if (!own || fresh === '' || fresh === own.content) {
    return false;
  }
  own.content = fresh;
  return true;
}

/** Sends a request; the answer if it is a good one, else Refused or Unreachable is thrown. */
export async function send(method, path, { json, body, headers = {} } = {}) {
  const once = () => reach(path, {
    method,
    body: json === undefined ? body : JSON.stringify(json),
    headers: {
      Accept: 'application/json',
      ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(method === 'GET' ? {} : proof()),
      ...headers,
    },
  });
  const answer = await once();
  if (answer.ok) {
    return answer;
  }
  const refused = new Refused(answer.status, await errorOf(answer));
  if (!refused.isOfSession || method === 'GET' || !(await renewProof())) {
    throw refused;
  }
  const again = await once();
  if (again.ok) {
    return again;
  }
  throw new Refused(again.status, await errorOf(again));
}

/** The JSON of a good answer. */
export async function ask(path) {
  return (await send('GET', path)).json();
}

async function reach(path, options) {
  try {
    return await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...options });
  } catch (failure) {
    throw new Unreachable('The server does not answer.', { cause: failure });
  }
}

async function errorOf(answer) {
  try {
    return await answer.json();
  } catch {
    // A proxy's own page, for example.
    return {};
  }
}
