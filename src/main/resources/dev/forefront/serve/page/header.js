/* What is being talked to: the release, who vouched for it, and where the evidence lies. */
import { html, nothing } from './libraries.js';
import { icons } from './icons.js';

const day = (value) => {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? String(value) : date.toLocaleDateString(undefined, { dateStyle: 'long' });
};

function about(status) {
  const rows = [
    ['Release', status.release],
    ['Made', status.created ? day(status.created) : ''],
    ['Policy', status.policy],
    ['Board', status.demo_board ? `${status.board} (a demo board: it vouches for nothing)` : status.board],
    ['Signed by', (status.signers ?? []).join(', ')],
    ['Model', status.model_digest],
    ['Reads', status.context_length ? `${status.context_length.toLocaleString()} tokens at once` : ''],
  ];
  return html`<details class="about">
    <summary><span class="release">${status.release}</span><span class="policy">policy ${status.policy}</span></summary>
    <dl>${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </details>`;
}

export function header({ status, drawer, act }) {
  return html`<header>
    <button type="button" class="quiet only-narrow" aria-label="Chats" aria-expanded=${drawer} aria-controls="chats" @click=${act.openDrawer}>${icons.menu()}</button>
    ${status ? about(status) : html`<span class="release">Forefront</span>`}
    ${status?.demo_board ? html`<strong class="demo">Demo board: vouches for nothing</strong>` : nothing}
    ${status?.standing?.serving === false ? html`<strong class="demo" role="alert">${status.standing.notice}</strong>` : nothing}
    <nav class="evidence" aria-label="Evidence">
      <a href="/report" target="_blank">Report</a>
      <a href="/audit" target="_blank">Audit record</a>
    </nav>
  </header>`;
}
