/* A client of POST /v1/messages, streamed. */
import { LOST, Problem, problem } from './api.js';
import { caller } from './caller.js';

/** Yields the data of each server-sent event, parsed. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = '';
  while (true) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    waiting = (waiting + value).replaceAll('\r\n', '\n');
    let end;
    while ((end = waiting.indexOf('\n\n')) >= 0) {
      const lines = waiting.slice(0, end).split('\n');
      waiting = waiting.slice(end + 2);
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart()).join('\n');
      if (data) {
        yield JSON.parse(data);
      }
    }
  }
}

/** What the page keeps of a refusal; null where there was none. */
function noticeOf(event) {
  if (event.delta?.stop_reason !== 'refusal') {
    return null;
  }
  const given = event.forefront ?? event.delta.forefront ?? {};
  const details = event.delta.stop_details ?? {};
  return {
    hazard: given.hazard ?? 'UNKNOWN',
    title: given.title ?? details.category ?? 'unknown',
    stage: given.stage ?? '',
    side: given.side === 'input' ? 'input' : 'output',
    notice: given.notice ?? details.explanation ?? 'This reply was stopped by a guard.',
  };
}

/**
 * Asks for an answer and hears it piece by piece.
 *
 * @param {{model: string, messages: {role: string, content: string}[], max_tokens: number}} question
 * @param {AbortSignal} signal stops it; the promise then rejects with an AbortError
 * @param {(piece: string) => void} heard
 * @returns {Promise<{reason: string, notice: object|null}>} once the answer has ended by itself
 * @throws {Problem} what was heard until then stays heard
 */
export async function ask(question, signal, heard) {
  let response;
  try {
    response = await fetch('/v1/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', ...caller() },
      body: JSON.stringify({ ...question, stream: true }),
      signal,
    });
  } catch (failure) {
    throw signal.aborted ? failure : new Problem('network', LOST);
  }
  if (!response.ok) {
    throw problem(response.status, (await response.json().catch(() => null))?.error);
  }
  let reason = 'end_turn';
  let notice = null;
  try {
    for await (const event of events(response.body)) {
      switch (event.type) {
        case 'content_block_delta':
          if (event.delta.type === 'text_delta') {
            heard(event.delta.text);
          }
          break;
        case 'message_delta':
          reason = event.delta?.stop_reason ?? reason;
          notice = noticeOf(event) ?? notice;
          break;
        case 'message_stop':
          return { reason, notice };
        case 'error':
          throw problem(0, event.error);
        default: // pings, and what later versions may add
      }
    }
  } catch (failure) {
    if (signal.aborted || failure instanceof Problem) {
      throw failure;
    }
  }
  signal.throwIfAborted();
  throw new Problem('cut', 'The connection broke off before the answer was complete. What had arrived is kept.');
}
