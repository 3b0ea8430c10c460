/* Where the reader is. A stream never moves that place; only the reader does. */

const NEAR = 4;
const FAR = 64;

export class Reading {
  #box;
  #changed;
  #expected = -1;
  #last = 0;
  /** True while the reader has asked to stay at the end. */
  #following = true;
  /** True while the end is out of sight. */
  away = false;

  constructor(box, changed) {
    this.#box = box;
    this.#changed = changed;
    box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.grew()).observe(box);
  }

  get #below() {
    return this.#box.scrollHeight - this.#box.clientHeight - this.#box.scrollTop;
  }

  #scrolled() {
    const top = this.#box.scrollTop;
    if (Math.abs(top - this.#expected) > 1) {
      if (this.#below <= NEAR) {
        this.#following = true;
      } else if (top < this.#last) {
        this.#following = false;
      }
    }
    this.#last = top;
    this.#notice();
  }

  #notice() {
    const away = this.#below > FAR;
    if (away !== this.away) {
      this.away = away;
      this.#changed();
    }
  }

  #place(top) {
    this.#box.scrollTop = top;
    this.#expected = this.#box.scrollTop;
    this.#last = this.#expected;
  }

  /** Something was added. */
  grew() {
    if (this.#following && this.#below > 0) {
      this.#place(this.#box.scrollHeight);
    }
    this.#notice();
  }

  /** To the end, and stay there. */
  toEnd() {
    this.#following = true;
    this.grew();
  }

  /** Puts a new question on top, with its answer's room below: the answer then grows without moving anything. */
  toQuestion(question, answer) {
    this.#following = false;
    const long = question.offsetHeight > this.#box.clientHeight * 0.4;
    this.#place(long ? answer.offsetTop - 96 : question.offsetTop - 20);
    this.#notice();
  }
}
