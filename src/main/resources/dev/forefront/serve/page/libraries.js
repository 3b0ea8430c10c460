/* The only place that knows where the libraries lie. The versions are pom.xml's; ChatPageFilesTest holds the two together. */
import DOMPurify from '/webjars/dompurify/3.3.3/dist/purify.es.mjs';

export { DOMPurify };
export { html, nothing, render } from '/webjars/lit-html/3.3.2/lit-html.js';
export { live } from '/webjars/lit-html/3.3.2/directives/live.js';
export { repeat } from '/webjars/lit-html/3.3.2/directives/repeat.js';
export { Marked } from '/webjars/marked/17.0.1/lib/marked.esm.js';
