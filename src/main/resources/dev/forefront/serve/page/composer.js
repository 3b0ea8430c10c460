/* The message box. Its text belongs to the reader: it is kept until the server has stored it. */
import { html, nothing } from './libraries.js';
import { icons } from './icons.js';

const box = () => document.getElementById('composer');
const draftKey = (chat) => `draft:${chat.id ?? 'new'}`;

function keep(key, text) {
  try {
    if (text) {
      localStorage.setItem(key, text);
    } else {
      localStorage.removeItem(key);
    }
  } catch {
    // No storage, or a full one: the text is still in the box.
  }
}

function kept(key) {
  try {
    return localStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

function fit(area) {
  area.style.height = 'auto';
  area.style.height = `${area.scrollHeight}px`;
}

/** Puts text into the box, without touching the kept draft. */
export function fill(text) {
  const area = box();
  area.value = text;
  fit(area);
}

export const showDraft = (chat) => fill(kept(draftKey(chat)));

/** The message is with the server now. A draft begun meanwhile stays. */
export function sent(chat, text) {
  for (const key of ['draft:new', draftKey(chat)]) {
    if (kept(key).trim() === text) {
      keep(key, '');
    }
  }
}

export const focusComposer = () => box().focus();

export function composer({ chat, editing, away, toast, act }) {
  const writing = chat.answering !== null;
  const submit = () => {
    const text = box().value.trim();
    if (text && !writing) {
      // Kept until `sent`: a reload in between brings it back.
      keep(draftKey(chat), text);
      fill('');
      act.send(text);
    }
  };
  const keys = (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === 'Enter' && !event.shiftKey && !composing) {
      event.preventDefault();
      submit();
    } else if (event.key === 'ArrowUp' && event.target.value === '' && !writing) {
      event.preventDefault();
      act.editLast();
    }
  };
  const input = (event) => {
    fit(event.target);
    if (!editing) {
      keep(draftKey(chat), event.target.value);
    }
  };
  // One button for both, so that the focus stays where it is.
  const press = (event) => {
    event.preventDefault();
    return writing ? act.stop() : submit();
  };
  // The second click of a double click on Send is not meant for Stop.
  const click = (event) => {
    if (writing && event.detail > 1) {
      event.preventDefault();
    }
  };
  return html`<div class="below">
    ${away ? html`<button type="button" class="jump" @click=${act.toEnd}>${icons.down()}Jump to latest</button>` : nothing}
    <div role="status" class="toasts">${toast ? html`<p class="toast" @pointerenter=${toast.hold} @pointerleave=${toast.release} @focusin=${toast.hold} @focusout=${toast.release}>${toast.text} ${toast.undo ? html`<button type="button" class="plain" @click=${toast.undo}>Undo</button>` : nothing}</p>` : nothing}</div>
    <form class="composer" @submit=${press}>
      ${editing ? html`<p class="editing">Editing your last message: sending replaces its answer. <button type="button" class="plain" @click=${act.cancelEdit}>Cancel</button></p>` : nothing}
      <label class="unseen" for="composer">Message</label>
      <textarea id="composer" rows="1" dir="auto" placeholder="Write a message" aria-describedby="hint" enterkeyhint="send" @keydown=${keys} @input=${input}></textarea>
      <button class=${writing ? 'go stop' : 'go'} @click=${click} aria-label=${writing ? 'Stop the answer' : 'Send the message'} title=${writing ? 'Stop (Esc)' : 'Send (Enter)'}>${writing ? icons.stop() : icons.send()}</button>
    </form>
    <p class="hint" id="hint">Enter sends, Shift+Enter breaks the line. Answers can be wrong: check what matters.</p>
  </div>`;
}
