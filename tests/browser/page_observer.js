// The page around the tests: what was written to the console, who listens to what, a clean start.

let lines = [];
let heard = [];

for (const level of ['error', 'warn', 'log', 'info', 'debug']) {
  const original = console[level].bind(console);
  console[level] = (...all) => { lines.push(all.join(' ')); original(...all); };
}

const name = (target) => {
  if (target === globalThis) return 'window';
  if (target === document) return 'document';
  return target instanceof HTMLScriptElement ? 'script' : null;
};
const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
const forget = (target, type, act) => {
  const at = heard.findIndex((one) => one.target === target && one.type === type && one.act === act);
  if (at >= 0) heard.splice(at, 1);
};
EventTarget.prototype.addEventListener = function counted(type, act, options, ...rest) {
  const target = this ?? globalThis;
  if (name(target)) {
    heard.push({ target, type, act });
    if (options?.signal) add.call(options.signal, 'abort', () => forget(target, type, act));
  }
  return add.call(target, type, act, options, ...rest);
};
EventTarget.prototype.removeEventListener = function counted(type, act, ...rest) {
  forget(this ?? globalThis, type, act);
  return remove.call(this ?? globalThis, type, act, ...rest);
};

/** Who listens to the window, the document or a script tag. */
export const listeners = () => heard.map(({ target, type }) => `${name(target)} ${type}`).sort().join(', ');

/** What the console was told. */
export const written = () => lines.join('\n');

export const focused = () => document.activeElement?.className ?? '';

/** An element inside the shadow root that the host gets. */
export function shadowOf(host) {
  const inside = document.createElement('div');
  host.attachShadow({ mode: 'open' }).append(inside);
  return inside;
}
export const focusedInside = (host) => host.shadowRoot.activeElement?.className ?? '';

/** The other bundle of this component: a flight under way on this page. */
const flight = Symbol.for('snap-checkout.loading');
let land;
let crash;
export function otherBundleLoads(url) {
  const promise = new Promise((resolve, reject) => { [land, crash] = [resolve, reject]; });
  globalThis[flight] = { url, promise };
}
export function otherBundleEnds(code) { delete globalThis[flight]; land(code); }
export function otherBundleCrashes() { delete globalThis[flight]; crash('kaput'); }
export function flightIs(value) { globalThis[flight] = JSON.parse(value); }
/** The address of the flight under way, as another bundle would see it. */
export const flightUrl = () => (globalThis[flight]?.promise instanceof Promise ? globalThis[flight].url : '');

let hidden = false;
Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
/** The page is hidden or shown, as by another tab. */
export function hide(is) {
  hidden = is;
  document.dispatchEvent(new Event('visibilitychange'));
}
/** The page comes back from the back/forward cache. */
export function comesBack() {
  hidden = false;
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
}
/** Another tab keeps a later checkout, under a key of its own, where this tab kept its. */
export function otherTabGoesOn() {
  for (const [key, kept] of Object.entries(localStorage)) {
    if (!key.startsWith('snap-checkout:')) continue;
    localStorage.setItem(key, JSON.stringify({ ...JSON.parse(kept), [key.endsWith(':key') ? 'nonce' : 'token']: 'theirs' }));
  }
}
/** What is kept of checkouts and their keys. */
export const kept = () => Object.entries(localStorage).filter(([key]) => key.startsWith('snap-checkout:')).map(([, kept]) => kept).join('\n');
/** The name under which the key of an order is kept. */
export const nameOfKey = () => Object.keys(localStorage).find((name) => name.startsWith('snap-checkout:') && name.endsWith(':key')) ?? '';
/** Another tab begins an order under a key of its own; it has no token yet. */
export const otherTabOrders = (name) => localStorage.setItem(name, JSON.stringify({ since: Date.now(), nonce: 'theirs' }));
/** Another tab of the shop wrote this key. */
export const otherTabWrites = (key) => void dispatchEvent(new StorageEvent('storage', { key }));

let clipboard = '';
/** What was copied last. */
export const copied = () => clipboard;
export const selected = () => String(getSelection());
/** The clipboard is there (`api`), only the old command works (`command`), or nothing does. */
export function clipboardIs(kind) {
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

const right = Date.now;
/** This machine's clock is wrong by so many milliseconds. */
export function clockIsWrongBy(milliseconds) {
  Date.now = () => right() + milliseconds;
}

/** Whatever is looked at the clock for has taken long: Yew breathes wherever it may. */
export function everythingTakesLong() {
  let taken = 0;
  Date.now = () => right() + (taken += 1_000);
}

export function reset() {
  [lines, heard] = [[], []];
  hidden = false;
  Date.now = right;
  getSelection().removeAllRanges();
  delete globalThis[flight];
  sessionStorage.clear();
  localStorage.clear();
  for (const old of document.querySelectorAll('.mounted, meta[name=viewport]')) old.remove();
}
