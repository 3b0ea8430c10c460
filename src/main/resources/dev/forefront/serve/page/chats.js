/* The conversations: read from the server, kept on the server. Nothing here touches the page. */
import { Problem, request } from './api.js';

const PATH = '/api/conversations';
/** In the tab's storage: ids of chats that were deleted as the page went away. */
const DELETED = 'deleted';
let keys = 0;

/**
 * @typedef {{key: string, role: 'user'|'assistant', content: string,
 *   status: 'answering'|'done'|'stopped'|'refused'|'failed', notice: object|null, note: string}} Message
 * `answering` is never stored; `note` is one line of this visit's and is not stored either.
 */

/** @returns {Message} */
export function message(role, content, status = 'done', notice = null) {
  keys += 1;
  return { key: `m${keys}`, role, content, status, notice, note: '' };
}

/** The first line, cut at a word: a title good enough to find the chat again. */
export function titleFrom(text) {
  const line = text.trim().split('\n')[0].replace(/\s+/g, ' ');
  if (line.length <= 48) {
    return line || 'New chat';
  }
  const cut = line.slice(0, 48);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 24))}…`;
}

/** One conversation. `id` is null until the server has stored it. */
export class Chat {
  id = null;
  title = 'New chat';
  /** @type {Message[]} */
  messages = [];
  /** The AbortController of the answer being written, or null. */
  answering = null;
  /** @type {Problem|null} */
  problem = null;
  /** Messages before this index are no longer sent to the model. */
  from = 0;
  /** True once this visit has asked something, so that the page may leave room for the answer. */
  fresh = false;
  /** True from its deletion on: what is still under way must not store it again. */
  removed = false;
  /** Saves under way. */
  unsaved = 0;
  #saving = Promise.resolve();

  get last() {
    return this.messages.at(-1);
  }

  /** As stored. An answer that is still being written is stored as one that was stopped here. */
  stored() {
    const messages = this.messages
      .filter((m) => m.status !== 'answering' || m.content !== '')
      .map(({ role, content, status, notice }) => ({ role, content, status: status === 'answering' ? 'stopped' : status, notice }));
    return { title: this.title, messages };
  }

  /** Saves what the chat holds once earlier saves are through, so that a late one never wins. */
  save() {
    this.unsaved += 1;
    const next = this.#saving.then(() => (this.removed ? undefined : this.#put())).finally(() => { this.unsaved -= 1; });
    this.#saving = next.catch(() => {});
    return next;
  }

  async #put() {
    if (this.id !== null) {
      try {
        await request('PUT', `${PATH}/${this.id}`, this.stored());
        return;
      } catch (failure) {
        if (!(failure instanceof Problem) || failure.kind !== 'gone') {
          throw failure;
        }
      }
    }
    // New, or deleted elsewhere while it was open here.
    const created = await request('POST', PATH, { title: this.title });
    this.id = String(created.id);
    await request('PUT', `${PATH}/${this.id}`, this.stored());
  }

  /** For the moment the page goes away: no waiting, and the browser finishes the request. */
  saveAtOnce() {
    if (this.id !== null && !this.removed) {
      request('PUT', `${PATH}/${this.id}`, this.stored(), { keepalive: true }).catch(() => {});
    }
  }
}

/** What the page before this one deleted as it went away: the server may not have heard of it yet. */
function takeDeleted() {
  try {
    const ids = JSON.parse(sessionStorage.getItem(DELETED) ?? '[]');
    sessionStorage.removeItem(DELETED);
    return ids;
  } catch {
    return [];
  }
}

function leaveDeleted(ids) {
  try {
    sessionStorage.setItem(DELETED, JSON.stringify(ids));
  } catch {
    // No storage: the request that is under way has to do.
  }
}

/** All of them, newest first; those opened in this visit stay in memory. */
export class Chats {
  /** @type {{id: string, title: string, updated: unknown}[]} */
  list = [];
  #opened = new Map();
  #removing = new Map();

  async refresh() {
    await Promise.allSettled(takeDeleted().map((id) => request('DELETE', `${PATH}/${id}`)));
    const { conversations } = await request('GET', `${PATH}?limit=1000`);
    this.list = conversations
      .map((c) => ({ ...c, id: String(c.id) }))
      .filter((c) => !this.#removing.has(c.id))
      .sort((a, b) => new Date(b.updated) - new Date(a.updated));
  }

  /** @returns {Promise<Chat>} */
  async open(id) {
    if (!this.#opened.has(id)) {
      const given = await request('GET', `${PATH}/${encodeURIComponent(id)}`);
      const chat = new Chat();
      chat.id = String(given.id);
      chat.title = given.title;
      chat.messages = given.messages.map((m) => message(m.role, m.content, m.status, m.notice ?? null));
      this.#opened.set(id, chat);
    }
    return this.#opened.get(id);
  }

  /** Puts a chat that was just saved on top of the list. */
  touch(chat) {
    if (chat.removed) {
      return;
    }
    // Also under an earlier id, where it was deleted elsewhere meanwhile.
    const rest = this.list.filter((c) => c.id !== chat.id && this.#opened.get(c.id) !== chat);
    this.#opened.set(chat.id, chat);
    this.list = [{ id: chat.id, title: chat.title, updated: new Date().toISOString() }, ...rest];
  }

  isAnswering(id) {
    return this.#opened.get(id)?.answering != null;
  }

  async rename(id, title) {
    const chat = await this.open(id);
    chat.title = title;
    const entry = this.list.find((c) => c.id === id);
    if (entry) {
      entry.title = title;
    }
    await chat.save();
  }

  /** Takes a chat off the list; the server hears of it when `undo` can no longer come. */
  remove(id) {
    const at = this.list.findIndex((c) => c.id === id);
    const [entry] = this.list.splice(at, 1);
    const chat = this.#opened.get(id);
    if (chat) {
      chat.removed = true;
      chat.answering?.abort();
    }
    this.#removing.set(id, { entry, at });
    return entry;
  }

  undoRemove(id) {
    const { entry, at } = this.#removing.get(id);
    this.#removing.delete(id);
    this.list.splice(at, 0, entry);
    const chat = this.#opened.get(id);
    if (chat) {
      chat.removed = false;
    }
  }

  async finishRemove(id, options) {
    if (this.#removing.has(id)) {
      await request('DELETE', `${PATH}/${id}`, undefined, options);
      this.#removing.delete(id);
      this.#opened.delete(id);
    }
  }

  /** The page goes away: keep what was said, forget what was deleted. */
  leave() {
    leaveDeleted([...this.#removing.keys()]);
    for (const id of this.#removing.keys()) {
      this.finishRemove(id, { keepalive: true }).catch(() => {});
    }
    for (const chat of this.#opened.values()) {
      if (chat.answering || chat.unsaved > 0) {
        chat.answering?.abort();
        chat.saveAtOnce();
      }
    }
  }
}
