/* Asking: from a message in a chat to a finished, stopped, refused or failed answer. */
import { Problem } from './api.js';
import { message, titleFrom } from './chats.js';
import { ask } from './stream.js';

const SAVE_EVERY_MS = 4000;
const MOST_TOKENS = 4096;

/**
 * What the model is shown. An exchange that a guard stopped is left out, since it would only be
 * stopped again; questions that got no answer are asked together with the next one.
 */
export function forModel(chat) {
  const sent = [];
  let asked = '';
  for (const m of chat.messages.slice(chat.from)) {
    if (m.role === 'user') {
      asked = asked ? `${asked}\n\n${m.content}` : m.content;
    } else if (m.status === 'refused') {
      asked = '';
    } else if (m.content !== '' && asked !== '') {
      sent.push({ role: 'user', content: asked }, { role: 'assistant', content: m.content });
      asked = '';
    }
  }
  return asked ? [...sent, { role: 'user', content: asked }] : sent;
}

/**
 * Adds the user's message and asks.
 *
 * @param {{changed: () => void, heard: (m: object) => void, saved: () => void, ended: (m: object) => void}} ear
 */
export function send(chat, text, status, ear) {
  if (chat.messages.length === 0 && chat.title === 'New chat') {
    chat.title = titleFrom(text);
  }
  chat.messages.push(message('user', text));
  return answer(chat, status, ear);
}

/** Asks again. The last answer, if there is one, makes room; it comes back where nothing better came. */
export function again(chat, status, ear) {
  const old = chat.last?.role === 'assistant' ? chat.messages.pop() : null;
  return answer(chat, status, ear, old);
}

async function answer(chat, status, ear, old = null) {
  const messages = forModel(chat);
  const reply = message('assistant', '', 'answering');
  const stop = new AbortController();
  chat.messages.push(reply);
  chat.answering = stop;
  chat.problem = null;
  chat.fresh = true;
  ear.changed();
  let saver;
  try {
    await chat.save();
    ear.saved();
    stop.signal.throwIfAborted();
    saver = setInterval(() => chat.save().catch(() => {}), SAVE_EVERY_MS);
    const { release, context_length: length } = await status();
    const question = { model: release, max_tokens: Math.min(length || MOST_TOKENS, MOST_TOKENS), messages };
    const { reason, notice } = await ask(question, stop.signal, (piece) => {
      reply.content += piece;
      ear.heard(reply);
    });
    end(reply, reason, notice);
  } catch (failure) {
    reply.status = stop.signal.aborted ? 'stopped' : 'failed';
    if (!stop.signal.aborted) {
      chat.problem = failure instanceof Problem ? failure : new Problem('server', `The page made a mistake: ${failure.message}`);
    }
  }
  clearInterval(saver);
  if (reply.content === '' && old?.content && (reply.status === 'stopped' || reply.status === 'failed')) {
    chat.messages[chat.messages.indexOf(reply)] = old;
  }
  chat.answering = null;
  ear.ended(reply);
  try {
    await chat.save();
    ear.saved();
  } catch {
    // A lost network is already said; otherwise say that only the storing failed.
    chat.problem ??= new Problem('unsaved', 'The answer could not be stored on the server: it will be gone when this page is closed.');
  }
  ear.changed();
}

function end(reply, reason, notice) {
  reply.status = notice ? 'refused' : 'done';
  reply.notice = notice;
  // Where nothing was delivered the text is the notice itself; the box says it.
  if (notice && reply.content.trim() === notice.notice.trim()) {
    reply.content = '';
  }
  if (reason === 'max_tokens') {
    reply.note = 'The answer reached its length limit.';
  } else if (reason === 'model_context_window_exceeded') {
    reply.note = 'The conversation fills all that the model can read at once.';
  }
}
