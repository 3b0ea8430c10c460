/* The sheet of shortcuts. */
import { html } from './libraries.js';

const SHORTCUTS = [
  ['Enter', 'send the message'],
  ['Shift+Enter', 'break the line'],
  ['Esc', 'stop the answer'],
  ['↑', 'edit the last message (in an empty box)'],
  ['Ctrl+K', 'find a chat'],
  ['Ctrl+Shift+O', 'new chat'],
  ['?', 'this list'],
];

export const openShortcuts = () => document.getElementById('shortcuts').showModal();

export const shortcuts = () => html`<dialog id="shortcuts" aria-labelledby="shortcuts-title">
  <h2 id="shortcuts-title">Shortcuts</h2>
  <dl>${SHORTCUTS.map(([keys, does]) => html`<div><dt>${keys.split('+').map((key) => html`<kbd>${key}</kbd>`)}</dt><dd>${does}</dd></div>`)}</dl>
  <form method="dialog"><button class="plain">Close</button></form>
</dialog>`;
