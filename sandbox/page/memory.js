// What this browser remembers between visits; without storage (a private window) it just starts afresh.

/** The value kept under a key, or `otherwise`. */
export function remembered(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

/** Keep a value for the next visit. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // not kept: the page works without
  }
}
