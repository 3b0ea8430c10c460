/* The calm notice: what was stopped, by whom, why, and what to do now. */
import { html, nothing } from './libraries.js';
import { icons } from './icons.js';

const BOARD = 'board';
const FAILED = new Set(['failure', 'UNKNOWN']);

function heading({ side, stage, hazard }, delivered) {
  if (stage === BOARD) {
    return 'The board stopped this model';
  }
  if (FAILED.has(stage) || FAILED.has(hazard)) {
    return 'The safety check could not be completed';
  }
  if (stage === 'model' || stage === 'policy') {
    return 'The model’s policy stopped this answer';
  }
  if (side === 'input') {
    return 'A guard stopped this request';
  }
  return delivered ? 'A guard stopped the answer here' : 'A guard stopped this answer';
}

function where({ side, stage }, delivered) {
  if (stage === BOARD) {
    return 'Nothing more of the answer is shown.';
  }
  if (side === 'input') {
    return 'The model did not see it.';
  }
  return delivered ? 'What you read above had passed the guard; nothing after it was shown.' : 'Nothing of the answer was shown.';
}

function next({ stage, hazard }) {
  if (stage === BOARD) {
    return 'Until the board lets it go on, this server answers nothing.';
  }
  return FAILED.has(stage) || FAILED.has(hazard)
    ? 'When in doubt, nothing is shown. Retry in a moment; if it stays, tell whoever runs this server.'
    : 'You can word it differently, or go on with something else: this exchange is not shown to the model again. If the guard is wrong, whoever runs this server finds the decision in the audit record.';
}

/** For an answer with status `refused`. */
export function noticeBox(message, { editable, act }) {
  const { notice, content } = message;
  const known = !FAILED.has(notice.hazard);
  return html`<div class="notice" role="note" aria-label="Safety notice">
    ${icons.shield()}
    <div>
      <h3>${heading(notice, content !== '')}</h3>
      <p>${notice.notice}</p>
      <p class="small">${where(notice, content !== '')} ${next(notice)}</p>
      <p class="small facts">
        ${known ? html`<span><b>Hazard</b> ${notice.hazard}, ${notice.title}</span>` : nothing}
        <span><b>Stopped</b> ${notice.side === 'input' ? 'before' : 'while'} answering${notice.stage ? `, stage ${notice.stage}` : ''}</span>
      </p>
      <p class="actions">
        ${editable ? html`<button type="button" class="plain" @click=${act.editLast}>Edit my message</button>` : nothing}
        <a class="plain" href="/audit" target="_blank">Audit record</a>
      </p>
    </div>
  </div>`;
}
