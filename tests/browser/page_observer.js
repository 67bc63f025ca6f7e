// Observes and controls the page around the tests: console, listeners, storage, visibility, clipboard and clock.

let lines = [];
let subscriptions = [];

for (const level of ['error', 'warn', 'log', 'info', 'debug']) {
  const original = console[level].bind(console);
  console[level] = (...args) => { lines.push(args.join(' ')); original(...args); };
}

const name = (target) => {
  if (target === globalThis) return 'window';
  if (target === document) return 'document';
  return target instanceof HTMLScriptElement ? 'script' : null;
};
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
const forget = (target, type, listener) => {
  const at = subscriptions.findIndex((entry) => entry.target === target && entry.type === type && entry.listener === listener);
  if (at >= 0) subscriptions.splice(at, 1);
};
EventTarget.prototype.addEventListener = function counted(type, listener, options, ...rest) {
  const target = this ?? globalThis;
  if (name(target)) {
    subscriptions.push({ target, type, listener });
    if (options?.signal) add.call(options.signal, 'abort', () => forget(target, type, listener));
  }
  return add.call(target, type, listener, options, ...rest);
};
EventTarget.prototype.removeEventListener = function counted(type, listener, ...rest) {
  forget(this ?? globalThis, type, listener);
  return remove.call(this ?? globalThis, type, listener, ...rest);
};

/** The listeners on the window, the document and script tags. */
export const listeners = () => subscriptions.map(({ target, type }) => `${name(target)} ${type}`).sort().join(', ');

/** The lines that were written to the console. */
export const consoleOutput = () => lines.join('\n');

export const focusedClass = () => document.activeElement?.className ?? '';

/** Attaches a shadow root to the host and returns an element inside it. */
export function attachShadow(host) {
  const element = document.createElement('div');
  host.attachShadow({ mode: 'open' }).append(element);
  return element;
}
export const focusedClassInside = (host) => host.shadowRoot.activeElement?.className ?? '';

/** The script load that all bundles of the component on a page share. */
const SHARED_LOAD = Symbol.for('snap-checkout.loading');
let resolveLoad;
let rejectLoad;
export function otherBundleStartsLoad(url) {
  const promise = new Promise((resolve, reject) => { [resolveLoad, rejectLoad] = [resolve, reject]; });
  globalThis[SHARED_LOAD] = { url, promise };
}
export function otherBundleFinishesLoad(code) { delete globalThis[SHARED_LOAD]; resolveLoad(code); }
export function otherBundleRejectsLoad() { delete globalThis[SHARED_LOAD]; rejectLoad('kaput'); }
export function setSharedLoad(value) { globalThis[SHARED_LOAD] = JSON.parse(value); }
/** The URL of the running load, as another bundle would see it. */
export const sharedLoadUrl = () => (globalThis[SHARED_LOAD]?.promise instanceof Promise ? globalThis[SHARED_LOAD].url : '');

let hidden = false;
Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
/** Hides or shows the page, as switching tabs does. */
export function setHidden(value) {
  hidden = value;
  document.dispatchEvent(new Event('visibilitychange'));
}
/** Restores the page from the back/forward cache. */
export function restoreFromCache() {
  hidden = false;
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
}
/** Another tab overwrites the saved checkout and the saved key of this tab. */
export function otherTabOverwrites() {
  for (const [key, entry] of Object.entries(localStorage)) {
    if (!key.startsWith('snap-checkout:')) continue;
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(entry), [key.endsWith(':key') ? 'nonce' : 'token']: 'theirs' }));
  }
}
/** The saved checkouts and keys, one per line. */
export const savedEntries = () => Object.entries(localStorage).filter(([key]) => key.startsWith('snap-checkout:')).map(([, entry]) => entry).join('\n');
/** The storage name of the saved idempotency key. */
export const savedKeyName = () => Object.keys(localStorage).find((name) => name.startsWith('snap-checkout:') && name.endsWith(':key')) ?? '';
/** Another tab starts an order and saves its key; it has no token yet. */
export const otherTabSavesKey = (name) => localStorage.setItem(name, JSON.stringify({ since: Date.now(), nonce: 'theirs' }));
/** Dispatches the event for a storage entry that another tab wrote. */
export const dispatchStorageEvent = (key) => void dispatchEvent(new StorageEvent('storage', { key }));

let clipboard = '';
/** The text that was copied last. */
export const clipboardText = () => clipboard;
export const selectedText = () => String(getSelection());
/** The clipboard API works (`api`), only the old command works (`command`), or neither. */
export function setClipboard(kind) {
  clipboard = '';
  const api = { writeText: async (text) => { clipboard = text; } };
  Object.defineProperty(navigator, 'clipboard', { configurable: true, value: kind === 'api' ? api : undefined });
  document.execCommand = () => {
    if (kind !== 'command') return false;
    const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), cancelable: true });
    document.dispatchEvent(event);
    clipboard = event.clipboardData.getData('text/plain');
    return true;
  };
}

const realNow = Date.now;
/** Shifts the system clock by this many milliseconds. */
export function shiftClock(milliseconds) {
  Date.now = () => realNow() + milliseconds;
}

/** Adds a second at each look at the clock, so that Yew yields wherever it can. */
export function slowDownClock() {
  let added = 0;
  Date.now = () => realNow() + (added += 1_000);
}

export function reset() {
  [lines, subscriptions] = [[], []];
  hidden = false;
  Date.now = realNow;
  getSelection().removeAllRanges();
  delete globalThis[SHARED_LOAD];
  sessionStorage.clear();
  localStorage.clear();
  for (const old of document.querySelectorAll('.mounted, meta[name=viewport]')) old.remove();
}
