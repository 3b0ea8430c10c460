/*
 * A text that no other browser knows: what the server has read for it, it uses again for it alone, and what the record has about it, it shows
 * to it alone. It travels as a cookie, so that the record's page gets it too.
 */
const NAME = 'forefront-caller';
const YEAR = 365 * 24 * 60 * 60;

const drawn = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

const kept = () => document.cookie.split('; ').find((cookie) => cookie.startsWith(NAME + '='))?.slice(NAME.length + 1) ?? '';

const own = kept() || drawn();
document.cookie = `${NAME}=${own}; path=/; SameSite=Strict; max-age=${YEAR}`;

/** What a request says of who asks: nothing where the cookie does. */
export function caller() {
  return kept() ? {} : { 'x-forefront-caller': own };
}
