/* What the server offers beside answers: its status and the stored conversations. */
import { caller } from './caller.js';

/** Something that went wrong, said so that the reader knows what to do. */
export class Problem extends Error {
  /**
   * @param {'network'|'busy'|'long'|'gone'|'key'|'cut'|'server'} kind
   * @param {string} text one sentence or two
   */
  constructor(kind, text) {
    super(text);
    this.kind = kind;
  }
}

export const LOST = 'The server cannot be reached. Your message is kept here: check the connection and retry.';

/** Turns an HTTP status (0 inside a stream) and the error object of the reply into a Problem. */
export function problem(status, error) {
  const type = error?.type ?? '';
  const said = error?.message ?? '';
  if (status === 413 || type === 'request_too_large' || ((status === 400 || type === 'invalid_request_error') && /\btokens\b|too long|context/i.test(said))) {
    return new Problem('long', `This is more than the model can read at once${said ? `: ${said}` : ''}.`.replace('..', '.'));
  }
  if (status === 429 || status === 529 || type === 'overloaded_error' || type === 'rate_limit_error') {
    return new Problem('busy', 'The server is busy and its queue is full. Wait a moment, then retry.');
  }
  if (status === 401 || status === 403) {
    return new Problem('key', `The server did not let this page in${said ? `: ${said}` : ''}.`);
  }
  if (status === 409) {
    return new Problem('server', `Not stored: ${said}.`);
  }
  if (status === 404) {
    return new Problem('gone', said || 'The server does not have this any more.');
  }
  return new Problem('server', said ? `The server could not answer: ${said}` : `The server could not answer (status ${status}).`);
}

/** Sends JSON, returns JSON; null where the reply has no body. */
export async function request(method, path, body, { keepalive = false } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      keepalive,
      headers: body === undefined ? caller() : { 'content-type': 'application/json', ...caller() },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem('network', LOST);
  }
  if (!response.ok) {
    throw problem(response.status, (await response.json().catch(() => null))?.error);
  }
  return response.status === 204 ? null : response.json().catch(() => null);
}
