/* Joins the parts: one state, one render, and the acts that change the state. */
import { html, render } from './libraries.js';
import { again, send } from './answering.js';
import { request } from './api.js';
import { Chat, Chats } from './chats.js';
import { composer, fill, focusComposer, sent, showDraft } from './composer.js';
import { header } from './header.js';
import './markdown.js';
import { Reading } from './reading.js';
import { say } from './say.js';
import { openShortcuts, shortcuts } from './shortcuts.js';
import { sidebar } from './sidebar.js';
import { thread } from './thread.js';

const TOAST_MS = 8000;
const LOOK_MS = 5000;

const state = {
  status: null, chats: new Chats(), chat: new Chat(), failure: null, loading: true,
  filter: '', drawer: false, rename: null, editing: null, toast: null, away: false, act: null,
};
let reading = null;

function draw() {
  document.title = state.chat.messages.length > 0 ? `${state.chat.title} · Forefront` : 'Forefront';
  render(html`${sidebar(state)}<div class="veil" @click=${state.act.closeDrawer}></div>
    <div class="column" ?inert=${state.drawer}>${header(state)}<main>${thread(state)}${composer(state)}</main></div>${shortcuts()}`, document.getElementById('page'));
}

async function status() {
  state.status ??= await request('GET', '/api/status');
  return state.status;
}

/** The board may stop the release, or let it go on, while the page is open. */
async function look() {
  const fresh = await request('GET', '/api/status').catch(() => null);
  if (fresh && JSON.stringify(fresh.standing) !== JSON.stringify(state.status?.standing)) {
    state.status = fresh;
    draw();
  }
}

// ---- opening ----

function address(id) {
  return id === null ? '/' : `/?chat=${encodeURIComponent(id)}`;
}

/** Shows a chat that is in memory. */
function show(chat) {
  Object.assign(state, { chat, loading: false, failure: null, editing: null, drawer: false });
  draw();
  showDraft(chat);
  reading.toEnd();
}

async function openFromAddress() {
  const wanted = location.search;
  const id = new URLSearchParams(location.search).get('chat');
  if (id === null) {
    show(new Chat());
    return;
  }
  try {
    const chat = await state.chats.open(id);
    // The reader may have clicked on another one meanwhile.
    if (location.search === wanted) {
      show(chat);
    }
  } catch (failure) {
    show(new Chat());
    state.failure = failure.kind === 'gone' ? new Error('This chat does not exist any more. Begin a new one below.') : failure;
    draw();
  }
}

async function start() {
  await Promise.all([
    status().catch((failure) => { state.failure = failure; }),
    state.chats.refresh().catch((failure) => { state.failure = failure; }),
  ]);
  const failure = state.failure;
  await openFromAddress();
  state.failure ??= failure;
  draw();
}

// ---- asking ----

const ear = (chat, text) => ({
  changed: draw,
  heard: soon,
  saved() {
    if (text !== null) {
      sent(chat, text);
    }
    state.chats.touch(chat);
    if (state.chat === chat && location.search !== address(chat.id).slice(1)) {
      history.replaceState(null, '', address(chat.id));
    }
    draw();
  },
  ended(message) {
    draw();
    reading.grew();
    if (state.chat !== chat) {
      return;
    }
    const { notice } = message;
    say(notice ? `${message.content} Safety notice. ${notice.notice}` : message.status === 'done' ? `Answer: ${message.content}` : message.status === 'stopped' ? 'Answer stopped.' : '');
  },
});

const heardOf = new Set();

/** Shows new text once a frame, and only in the message that it belongs to. */
function soon(message) {
  if (heardOf.size === 0) {
    requestAnimationFrame(() => {
      for (const heard of heardOf) {
        const turn = document.getElementById(heard.key);
        turn?.querySelector('.waiting')?.classList.add('over');
        const prose = turn?.querySelector('prose-text');
        if (prose) {
          prose.text = heard.content;
        }
      }
      heardOf.clear();
      reading.grew();
    });
  }
  heardOf.add(message);
}

function ask(begin) {
  begin();
  const turns = document.querySelectorAll('.turn');
  reading.toQuestion(turns[turns.length - 2], turns[turns.length - 1]);
  // Not where it would open a keyboard on the screen.
  if (matchMedia('(hover: hover)').matches) {
    focusComposer();
  }
}

function lastUser(chat) {
  return chat.messages.findLast((m) => m.role === 'user');
}

function toast(text, undo, over) {
  state.toast?.finish();
  let timer;
  const shown = {
    text,
    undo: undo && (() => { clearTimeout(timer); close(); undo(); }),
    hold: () => clearTimeout(timer),
    release: () => { clearTimeout(timer); timer = setTimeout(shown.finish, TOAST_MS); },
    finish: () => { clearTimeout(timer); close(); over(); },
  };
  function close() {
    if (state.toast === shown) {
      state.toast = null;
      draw();
    }
  }
  state.toast = shown;
  shown.release();
  draw();
}

const act = {
  send(text) {
    const { chat, editing } = state;
    if (editing) {
      chat.messages.splice(chat.messages.indexOf(editing));
      chat.from = Math.min(chat.from, chat.messages.length);
      state.editing = null;
    }
    state.failure = null;
    ask(() => send(chat, text, status, ear(chat, text)));
  },
  again() {
    const { chat } = state;
    ask(() => again(chat, status, ear(chat, lastUser(chat).content)));
  },
  forget() {
    const { chat } = state;
    chat.from = chat.messages.indexOf(lastUser(chat));
    act.again();
  },
  stop() {
    state.chat.answering?.abort();
  },
  async saveAgain() {
    const { chat } = state;
    await chat.save().then(() => { chat.problem = null; }, () => {});
    draw();
  },
  editLast() {
    const message = lastUser(state.chat);
    if (message && !state.chat.answering) {
      state.editing = message;
      draw();
      fill(message.content);
      focusComposer();
    }
  },
  cancelEdit() {
    state.editing = null;
    draw();
    showDraft(state.chat);
    focusComposer();
  },
  async open(id) {
    history.pushState(null, '', address(id));
    await openFromAddress();
  },
  newChat() {
    history.pushState(null, '', address(null));
    show(new Chat());
    focusComposer();
  },
  reload: start,
  filter(text) {
    state.filter = text;
    draw();
  },
  startRename(entry) {
    state.rename = entry.id;
    draw();
    const input = document.querySelector('.renaming');
    input.focus();
    input.select();
  },
  async rename(entry, given) {
    if (state.rename !== entry.id) {
      return;
    }
    state.rename = null;
    const title = given.trim();
    draw();
    document.querySelector(`#chats a[href="${CSS.escape(address(entry.id))}"]`)?.focus();
    if (title && title !== entry.title) {
      await state.chats.rename(entry.id, title).catch((failure) => toast(`Not renamed. ${failure.message}`, null, () => {}));
      draw();
    }
  },
  remove(entry, byKeyboard) {
    state.toast?.finish();
    const open = state.chat.id === entry.id;
    state.chats.remove(entry.id);
    if (open) {
      history.replaceState(null, '', address(null));
      show(new Chat());
    }
    toast(`Deleted “${entry.title}”.`,
      () => {
        state.chats.undoRemove(entry.id);
        draw();
        focusComposer();
        if (open) {
          act.open(entry.id);
        }
      },
      () => state.chats.finishRemove(entry.id).catch((failure) => {
        state.chats.undoRemove(entry.id);
        toast(`Not deleted. ${failure.message}`, null, () => {});
      }));
    if (byKeyboard) {
      document.querySelector('.toast button').focus();
    }
  },
  theme(name) {
    if (name === 'system') {
      delete document.documentElement.dataset.theme;
    } else {
      document.documentElement.dataset.theme = name;
    }
    try {
      localStorage.setItem('theme', name);
    } catch {
      // Not kept for the next visit, that is all.
    }
    draw();
  },
  openDrawer() {
    state.drawer = true;
    draw();
    document.querySelector('#chats .new').focus();
  },
  closeDrawer() {
    state.drawer = false;
    draw();
    document.querySelector('header .only-narrow').focus();
  },
  toEnd() {
    reading.toEnd();
    focusComposer();
  },
  shortcuts: openShortcuts,
};

// ---- keys and the page's end ----

function keys(event) {
  const typing = event.target.matches('input:not([type=radio]), textarea');
  const command = event.ctrlKey || event.metaKey;
  if (event.isComposing || document.querySelector('dialog[open]')) {
    return;
  }
  if (event.key === 'Escape') {
    if (state.drawer) {
      act.closeDrawer();
    } else if (event.target.id === 'filter' && state.filter !== '') {
      act.filter('');
    } else if (state.chat.answering) {
      state.chat.answering.abort();
    } else if (state.editing) {
      act.cancelEdit();
    }
  } else if (command && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    state.drawer = matchMedia('(width < 48rem)').matches;
    draw();
    document.getElementById('filter').focus();
  } else if (command && event.shiftKey && event.key.toLowerCase() === 'o') {
    event.preventDefault();
    act.newChat();
  } else if (event.key === '?' && !typing) {
    openShortcuts();
  }
}

state.act = act;
document.getElementById('page').textContent = '';
draw();
reading = new Reading(document.getElementById('thread'), () => {
  state.away = reading?.away ?? false;
  draw();
});
addEventListener('keydown', keys);
addEventListener('popstate', openFromAddress);
addEventListener('pagehide', () => state.chats.leave());
start().then(focusComposer);
setInterval(() => {
  if (!document.hidden) {
    look();
  }
}, LOOK_MS);
