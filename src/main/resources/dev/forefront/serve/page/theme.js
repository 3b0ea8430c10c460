/* Runs before the first paint, so that no one who chose dark sees a white flash. */
try {
  const theme = localStorage.getItem('theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // No storage: the system's choice it is.
}
