// Before the first paint, so that a chosen theme does not flash; a module would come too late.
try {
  const theme = localStorage.getItem('carillon.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is denied: the theme of the system stays.
}
