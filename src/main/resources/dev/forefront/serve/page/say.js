/* The page's voice for screen readers: finished answers and confirmations, never single tokens. */

const MOST = 1500;

export function say(text) {
  const region = document.getElementById('said');
  // Emptied first, so that the same words twice are read twice.
  region.textContent = '';
  requestAnimationFrame(() => {
    region.textContent = text.length > MOST ? `${text.slice(0, MOST)}…` : text;
  });
}
