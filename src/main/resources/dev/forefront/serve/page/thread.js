/* The conversation itself. */
import { html, live, nothing, repeat } from './libraries.js';
import { copy } from './copy.js';
import { icons } from './icons.js';
import { noticeBox } from './notice.js';

const STARTERS = ['Tell me a story about a fox.', 'What can I cook with rice and eggs?', 'How do I kill a stuck process?'];

function welcome({ status, act }) {
  return html`<section class="welcome">
    <h1>What is on your mind?</h1>
    <p>You are talking to <b>${status?.release ?? 'a released model'}</b>. A guard reads every request and every answer, and says so when it steps in.</p>
    <ul>${STARTERS.map((text) => html`<li><button type="button" class="plain" @click=${() => act.send(text)}>${text}</button></li>`)}</ul>
  </section>`;
}

const copyAction = (text) => html`<button type="button" class="quiet" title="Copy" @click=${(event) => copy(event.currentTarget, text)}>${icons.copy()}<span class="label">Copy</span></button>`;

function userTurn(message, editable, state) {
  return html`<article class="turn user" id=${message.key} aria-label="You">
    <h2 class="unseen">You</h2>
    <p dir="auto">${message.content}</p>
    <div class="tools">
      ${copyAction(message.content)}
      ${editable ? html`<button type="button" class="quiet" title="Edit and send again" @click=${state.act.editLast}>${icons.pencil()}<span class="label">Edit</span></button>` : nothing}
    </div>
  </article>`;
}

function ending(message) {
  if (message.status === 'stopped') {
    return message.content ? 'Stopped here.' : 'Stopped before the first word.';
  }
  if (message.status === 'failed') {
    return message.content ? 'This answer is not complete.' : 'No answer arrived.';
  }
  return message.note;
}

function assistantTurn(message, last, editable, state) {
  const writing = message.status === 'answering';
  return html`<article class="turn assistant" id=${message.key} aria-label="Answer" aria-busy=${writing}>
    <h2 class="unseen">Answer</h2>
    ${writing && message.content === '' ? html`<p class="waiting" aria-label="Waiting for the first word"><i></i><i></i><i></i></p>` : nothing}
    <prose-text dir="auto" .text=${live(message.content)}></prose-text>
    ${message.status === 'refused' && message.notice ? noticeBox(message, { editable, act: state.act }) : nothing}
    ${!writing && ending(message) && !(last && state.chat.problem) ? html`<p class="ending">${ending(message)}</p>` : nothing}
    ${last ? problemLine(state) : nothing}
    ${writing ? nothing : html`<div class="tools">
      ${message.content ? copyAction(message.content) : nothing}
      ${last && message.status !== 'refused' && !state.chat.problem ? html`<button type="button" class="quiet" title="Answer again" @click=${state.act.again}>${icons.again()}<span class="label">Regenerate</span></button>` : nothing}
    </div>`}
  </article>`;
}

function problemLine({ chat, act }) {
  const { problem } = chat;
  if (!problem) {
    return nothing;
  }
  const earlier = chat.messages.slice(chat.from).filter((m) => m.role === 'user').length > 1;
  const long = problem.kind === 'long';
  return html`<div class="problem" role="alert">
    <p>${problem.message}</p>
    <p class="actions">
      ${long && earlier ? html`<button type="button" class="plain" @click=${act.forget}>Ask without the earlier messages</button>` : nothing}
      ${long ? html`<button type="button" class="plain" @click=${act.editLast}>Shorten my message</button>` : nothing}
      ${!long && problem.kind !== 'unsaved' ? html`<button type="button" class="plain" @click=${act.again}>Retry</button>` : nothing}
      ${problem.kind === 'unsaved' ? html`<button type="button" class="plain" @click=${act.saveAgain}>Store it now</button>` : nothing}
    </p>
  </div>`;
}

function unanswered(state) {
  return html`<div class="problem" role="alert">
    <p>${state.chat.problem?.message ?? 'This message was not answered.'}</p>
    <p class="actions"><button type="button" class="plain" @click=${state.act.again}>Retry</button></p>
  </div>`;
}

function turns(state) {
  const { chat } = state;
  const { messages } = chat;
  const lastUser = messages.findLastIndex((m) => m.role === 'user');
  return html`<h1 class="unseen">${chat.title}</h1>
    ${repeat(messages, (m) => m.key, (m, at) => {
      const editable = lastUser >= 0 && at >= lastUser && !chat.answering;
      const turn = m.role === 'user' ? userTurn(m, editable, state) : assistantTurn(m, m === chat.last, editable, state);
      return at === chat.from && at > 0 ? html`<p class="forgotten"><span>The model no longer sees what is above</span></p>${turn}` : turn;
    })}
    ${chat.last.role === 'user' && !chat.answering ? unanswered(state) : nothing}`;
}

export function thread(state) {
  const { chat, failure, loading, act } = state;
  return html`<section id="thread" tabindex="0" aria-label="Conversation" class=${chat.fresh ? 'fresh' : ''}>
    <div class="measure">
      ${failure ? html`<div class="problem" role="alert"><p>${failure.message}</p><p class="actions"><button type="button" class="plain" @click=${act.reload}>Retry</button></p></div>` : nothing}
      ${chat.messages.length > 0 ? turns(state) : failure || loading ? nothing : welcome(state)}
    </div>
  </section>`;
}
