/* A text that no other browser knows: what the server has read for it, it uses again for it alone. */
const KEY = 'caller';

let own = '';

const drawn = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export function caller() {
  if (!own) {
    try {
      own = localStorage.getItem(KEY) || drawn();
      localStorage.setItem(KEY, own);
    } catch {
      // No storage: it lasts as long as the page.
      own ||= drawn();
    }
  }
  return own;
}
