/* Copying, with a word that it worked. */
import { say } from './say.js';

async function toClipboard(text) {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text);
  }
  // Plain HTTP from another machine has no clipboard object.
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'unseen';
  document.body.append(area);
  area.select();
  const worked = document.execCommand('copy');
  area.remove();
  return worked ? undefined : Promise.reject(new Error('copying is not allowed here'));
}

/** Copies, and lets the button say so for two seconds. */
export async function copy(button, text) {
  const label = button.querySelector('.label');
  button.dataset.label ??= label.textContent;
  const said = await toClipboard(text).then(() => 'Copied', () => 'Not copied');
  label.textContent = said;
  button.classList.toggle('copied', said === 'Copied');
  say(said);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.textContent = button.dataset.label;
    button.classList.remove('copied');
  }, 2000);
}

export function copyButton(text, content) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet';
  const label = document.createElement('span');
  label.className = 'label';
  label.textContent = text;
  button.append(label);
  button.addEventListener('click', () => copy(button, content()));
  return button;
}
