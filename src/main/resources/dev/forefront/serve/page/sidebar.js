/* The list of chats: filter, open, rename, delete. */
import { html, nothing, repeat } from './libraries.js';
import { icons } from './icons.js';

const DAY_MS = 86_400_000;

function groupOf(updated) {
  const age = new Date().setHours(24, 0, 0, 0) - new Date(updated);
  return age < DAY_MS ? 'Today' : age < 8 * DAY_MS ? 'Previous 7 days' : 'Earlier';
}

function grouped(list) {
  const groups = new Map();
  for (const entry of list) {
    const name = groupOf(entry.updated);
    groups.set(name, [...(groups.get(name) ?? []), entry]);
  }
  return [...groups];
}

function renaming(entry, act) {
  const keys = (event) => {
    if (event.isComposing) {
      return;
    }
    if (event.key === 'Enter') {
      act.rename(entry, event.target.value);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      act.rename(entry, entry.title);
    }
  };
  return html`<li><input class="renaming" aria-label="New title" maxlength="200" .value=${entry.title} @keydown=${keys} @blur=${(event) => act.rename(entry, event.target.value)}></li>`;
}

function row(entry, { chats, chat, rename, act }) {
  if (rename === entry.id) {
    return renaming(entry, act);
  }
  const open = (event) => {
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      act.open(entry.id);
    }
  };
  return html`<li class=${entry.id === chat.id ? 'current' : ''}>
    <a href=${`/?chat=${encodeURIComponent(entry.id)}`} title=${entry.title} aria-current=${entry.id === chat.id ? 'page' : nothing} @click=${open}>
      ${chats.isAnswering(entry.id) ? html`<span class="dot"><span class="unseen">being answered: </span></span>` : nothing}<span class="title">${entry.title}</span>
    </a>
    <button type="button" class="quiet" aria-label=${`Rename ${entry.title}`} title="Rename" @click=${() => act.startRename(entry)}>${icons.pencil()}</button>
    <button type="button" class="quiet" aria-label=${`Delete ${entry.title}`} title="Delete" @click=${(event) => act.remove(entry, event.detail === 0)}>${icons.bin()}</button>
  </li>`;
}

function theme(act) {
  const chosen = document.documentElement.dataset.theme ?? 'system';
  return html`<fieldset class="theme"><legend class="unseen">Theme</legend>
    ${['system', 'light', 'dark'].map((name) => html`<label><input type="radio" name="theme" value=${name} .checked=${chosen === name} @change=${() => act.theme(name)}><span>${name[0].toUpperCase()}${name.slice(1)}</span></label>`)}
  </fieldset>`;
}

export function sidebar(state) {
  const { chats, filter, drawer, act } = state;
  const wanted = filter.trim().toLocaleLowerCase();
  const shown = chats.list.filter((c) => c.title.toLocaleLowerCase().includes(wanted));
  return html`<nav id="chats" class=${drawer ? 'sidebar open' : 'sidebar'} aria-label="Chats">
    <div class="top">
      <button type="button" class="new" @click=${act.newChat}>${icons.plus()}New chat</button>
      <button type="button" class="quiet only-narrow" aria-label="Close the list of chats" @click=${act.closeDrawer}>${icons.close()}</button>
    </div>
    <input id="filter" type="search" aria-label="Find a chat by its title" placeholder="Find a chat" autocomplete="off" .value=${filter} @input=${(event) => act.filter(event.target.value)}>
    <div class="list">
      ${grouped(shown).map(([name, entries]) => html`<h2>${name}</h2><ul>${repeat(entries, (e) => e.id, (e) => row(e, state))}</ul>`)}
      ${shown.length === 0 ? html`<p class="none">${wanted ? 'No chat has this in its title.' : 'Your chats will be listed here. They are kept on this server.'}</p>` : nothing}
    </div>
    <div class="foot">${theme(act)}<button type="button" class="quiet" @click=${act.shortcuts}>Shortcuts</button></div>
  </nav>`;
}
