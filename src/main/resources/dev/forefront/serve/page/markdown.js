/* Markdown to safe elements. What a model writes is text: its HTML is shown, never run. */
import { DOMPurify, Marked } from './libraries.js';
import { copyButton } from './copy.js';

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const markdown = new Marked({
  gfm: true,
  breaks: true,
  renderer: {
    html({ text, block }) {
      return block ? `<p>${escape(text)}</p>` : escape(text);
    },
    // A picture from elsewhere would tell elsewhere that it was looked at.
    image({ href, text }) {
      return `<a href="${escape(href)}">Image: ${escape(text || href)}</a>`;
    },
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    checkbox({ checked }) {
      return checked ? '☑ ' : '☐ ';
    },
  },
});

const SAFE = {
  ALLOWED_TAGS: ['p', 'br', 'hr', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code', 'strong', 'em', 'del', 'a',
    'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ALLOWED_ATTR: ['href', 'title', 'start', 'align', 'class'],
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
  ADD_URI_SAFE_ATTR: ['start', 'align'],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

function codeBlock(text, language) {
  const box = document.createElement('div');
  box.className = 'code';
  const head = document.createElement('div');
  head.className = 'code-head';
  const name = document.createElement('span');
  name.textContent = language || 'text';
  const code = document.createElement('code');
  code.textContent = text;
  const pre = document.createElement('pre');
  pre.tabIndex = 0;
  pre.append(code);
  head.append(name, copyButton('Copy code', () => code.textContent));
  box.append(head, pre);
  return box;
}

const languageOf = (token) => (token.lang ?? '').match(/^\S*/)[0];

function elementFor(token) {
  if (token.type === 'code') {
    return codeBlock(token.text, languageOf(token));
  }
  const block = document.createElement('div');
  block.className = 'block';
  block.append(DOMPurify.sanitize(markdown.parser([token]), SAFE));
  for (const link of block.querySelectorAll('a')) {
    if (!link.hasAttribute('href')) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
  }
  for (const pre of block.querySelectorAll('pre')) {
    const language = pre.firstElementChild?.className.match(/language-(\S+)/)?.[1];
    pre.replaceWith(codeBlock(pre.textContent.replace(/\n$/, ''), language));
  }
  for (const table of block.querySelectorAll('table')) {
    const scroller = document.createElement('div');
    scroller.className = 'table';
    scroller.tabIndex = 0;
    table.replaceWith(scroller);
    scroller.append(table);
  }
  return block;
}

/**
 * `<prose-text>`: set `text` as often as it grows. Blocks that did not change keep their elements,
 * so a selection or a scrolled code block survives the stream, and each step costs one block.
 */
export class ProseText extends HTMLElement {
  #text = '';
  #blocks = [];

  set text(text) {
    if (text === this.#text) {
      return;
    }
    this.#text = text;
    const tokens = markdown.lexer(text).filter(({ type }) => type !== 'space' && type !== 'def');
    let depth = 0;
    tokens.forEach((token, at) => {
      if (token.type === 'heading') {
        // No level is skipped, whatever the model does: people jump by headings.
        depth = token.depth = Math.min(token.depth, depth + 1);
      }
      this.#show(token, at);
    });
    for (const { element } of this.#blocks.splice(tokens.length)) {
      element.remove();
    }
  }

  get text() {
    return this.#text;
  }

  #show(token, at) {
    const old = this.#blocks[at];
    const language = token.type === 'code' ? languageOf(token) : '';
    if (old?.type === token.type && old.language === language) {
      if (old.raw === token.raw) {
        return;
      }
      if (token.type === 'code') {
        old.element.querySelector('code').textContent = token.text;
        old.raw = token.raw;
        return;
      }
    }
    const element = elementFor(token);
    if (old) {
      old.element.replaceWith(element);
    } else {
      this.append(element);
    }
    this.#blocks[at] = { raw: token.raw, type: token.type, language, element };
  }
}

customElements.define('prose-text', ProseText);
