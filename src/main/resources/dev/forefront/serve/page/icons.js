/* Line icons, 20 by 20, in the colour of the text around them. */
import { html } from './libraries.js';

const line = (path) => html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${path}></path></svg>`;

export const icons = {
  menu: () => line('M3 5.5h14M3 10h14M3 14.5h14'),
  plus: () => line('M10 4v12M4 10h12'),
  pencil: () => line('M4 16l.8-3.5L13 4.3a1.5 1.5 0 0 1 2.1 0l.6.6a1.5 1.5 0 0 1 0 2.1L7.5 15.2z'),
  bin: () => line('M4 6h12M8 6V4h4v2M5.5 6l.7 10h7.6l.7-10M8.5 9v4.5M11.5 9v4.5'),
  send: () => line('M10 16V4.5M5 9.2l5-5 5 5'),
  stop: () => line('M5.5 5.5h9v9h-9z'),
  copy: () => line('M7.5 7.5h8.5V16H7.5zM4 12.5V4h8.5'),
  again: () => line('M15.5 7.5A6 6 0 1 0 16 11M16 4v3.8h-3.8'),
  down: () => line('M10 4v11.5M5 10.8l5 5 5-5'),
  shield: () => line('M10 2.5L4 4.8v4.4c0 4 2.5 6.8 6 8.3 3.5-1.5 6-4.3 6-8.3V4.8zM10 7v3.5M10 13v.1'),
  close: () => line('M5 5l10 10M15 5L5 15'),
};
