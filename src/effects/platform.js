// Small functions around browser APIs. The same in Rust would need four times the bytes. src/effects/*.rs uses them.

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Milliseconds until the time in `Retry-After`, which is in seconds or a date. NaN for anything else. */
export const millisecondsUntil = (text) => (/^\s*\d{1,9}\s*$/.test(text) ? text * 1000 : Date.parse(text) - Date.now());

/** Whether a popup is open. Snap shows one per page, also with several checkouts, bundles and versions of the component. */
const OPEN = Symbol.for('snap-checkout.open');
export const popupIsOpen = () => globalThis[OPEN] === true;
export const setPopupOpen = (open) => { globalThis[OPEN] = open; };

/** Reads a response body as a JSON object. Null if it is too large or invalid. Rejects if the connection breaks. */
export async function readObject(stream, maxBytes) {
  const reader = stream?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for (let chunk; reader && !(chunk = await reader.read()).done;) {
    size += chunk.value.length;
    if (size > maxBytes) { reader.cancel().catch(() => {}); return null; }
    try { text += decoder.decode(chunk.value, { stream: true }); } catch { return null; }
  }
  try {
    const value = JSON.parse(text + decoder.decode());
    return typeof value === 'object' ? value : null;
  } catch { return null; }
}

const areas = { session: () => sessionStorage, local: () => localStorage };
/** The browser may forbid storage, or it may be full. The page works without it. */
export const stored = (area, key) => { try { return areas[area]().getItem(key) ?? undefined; } catch { return undefined; } };
export const store = (area, key, value) => {
  try { if (value === undefined) areas[area]().removeItem(key); else areas[area]().setItem(key, value); } catch { /* see above */ }
};

/** An amount in Indonesian format. `Intl` gives the same result, but its first use delays the first render. */
export const rupiah = (amount) => `${amount < 0 ? '-' : ''}Rp\u00a0${Math.abs(amount).toFixed().replace(/\B(?=(...)+$)/g, '.')}`;

/** Date and time in Jakarta. Undefined if the text is not a time. */
export function moment(text, locale) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  return `${new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone: 'Asia/Jakarta' }).format(date)} WIB`;
}

/** `[href, origin, hostname]` of a URL resolved against a base. Undefined if it is invalid. */
export const resolve = (url, base) => { try { const u = new URL(url, base ?? location.href); return [u.href, u.origin, u.hostname]; } catch { return undefined; } };

/** Adds the viewport meta element that Snap's popup needs on phones, unless the page has one. */
export function ensureViewport() {
  if (!document.head || document.querySelector('meta[name=viewport]')) return;
  const meta = document.createElement('meta');
  meta.name = 'viewport';
  meta.content = 'width=device-width, initial-scale=1';
  document.head.append(meta);
}

const subscriptions = new Set();
/** A subscription ends when it is aborted, or with `endAll`: a trapped program aborts nothing. */
function subscribe() {
  const subscription = new AbortController();
  subscriptions.add(subscription);
  subscription.signal.addEventListener('abort', () => subscriptions.delete(subscription));
  return subscription;
}
export const endAll = () => subscriptions.forEach((subscription) => subscription.abort());

/**
 * Reports whether the page is visible: when it is shown again, from the back/forward cache or from another tab or app,
 * when it is hidden, and when another tab stored a key with this prefix.
 */
export function watchPage(keyPrefix, notify) {
  const subscription = subscribe();
  const { signal } = subscription;
  const report = () => notify(!document.hidden);
  addEventListener('pageshow', (event) => { if (event.persisted) report(); }, { signal });
  addEventListener('pagehide', () => notify(false), { signal });
  addEventListener('storage', ({ key }) => { if (key?.startsWith(keyPrefix)) report(); }, { signal });
  document.addEventListener('visibilitychange', report, { signal });
  if (document.hidden) report();
  return subscription;
}

/** The back-off before a broken stream reconnects, doubled each time. A stream that lasted starts with the first again. Milliseconds. */
const FIRST_DELAY = 3_000;
const MAX_DELAY = 60_000;
/** Reports each message of an event stream as JSON, and `undefined` when the stream breaks. */
export function listen(url, withCredentials, notify) {
  const subscription = subscribe();
  let stream;
  let timer;
  let delay = FIRST_DELAY;
  const open = () => {
    const since = performance.now();
    stream = new EventSource(url, { withCredentials });
    stream.addEventListener('order', ({ data }) => {
      try { notify(JSON.parse(data.slice(0, 65_536))); } catch { /* not a message of the backend */ }
    });
    stream.onerror = () => {
      stream.close();
      if (performance.now() - since > MAX_DELAY) delay = FIRST_DELAY;
      timer = setTimeout(open, delay * (1 - Math.random() / 2));
      delay = Math.min(delay * 2, MAX_DELAY);
      notify();
    };
  };
  subscription.signal.addEventListener('abort', () => { clearTimeout(timer); stream.close(); });
  open();
  return subscription;
}

/**
 * Writes the remaining time into `[data-until]`, each second. `data-now` is the backend's time when the element was
 * rendered, because the customer's clock may be wrong. Reports once when the deadline passes.
 */
export function countDown(root, notify) {
  const subscription = subscribe();
  let timer;
  const tick = () => {
    const shown = root.querySelector('[data-until]');
    if (!shown) return;
    const { until, now, over } = shown.dataset;
    if (shown.now !== now) Object.assign(shown, { now, since: performance.now() });
    const left = Math.ceil((Date.parse(until) - Date.parse(now) + shown.since - performance.now()) / 1000);
    if (left > 0) {
      const two = (number) => String(Math.trunc(number) % 60).padStart(2, '0');
      shown.textContent = `${Math.trunc(left / 3600)}:${two(left / 60)}:${two(left)}`;
      timer = setTimeout(tick, 1000);
    } else if (left <= 0) {
      shown.textContent = over;
      if (shown.reported !== until) { shown.reported = until; notify(); }
    }
  };
  subscription.signal.addEventListener('abort', () => clearTimeout(timer));
  tick();
  return subscription;
}

/** 128 random bits as hex. Without crypto, Math.random is enough: the value distinguishes tabs and protects no secret. */
export const randomHex = () => {
  const bytes = new Uint8Array(16);
  try { crypto.getRandomValues(bytes); } catch { bytes.forEach((_, at) => { bytes[at] = Math.random() * 256; }); }
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** Copies a text and returns whether it is on the clipboard. Without access to the clipboard, it selects the element with the text. */
async function copy(text, root) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* try the older API */ }
  const shown = [...root.querySelectorAll('[data-copy]')].find((one) => one.dataset.copy === text);
  if (shown) getSelection().selectAllChildren(shown);
  const put = (event) => { event.clipboardData.setData('text/plain', text); event.preventDefault(); };
  document.addEventListener('copy', put);
  try { return document.execCommand('copy'); } catch { return false; } finally { document.removeEventListener('copy', put); }
}

/**
 * Reports what the customer does inside a checkout: `undefined` when the pointer or the focus comes near, the `data-way`
 * of a pressed element, and `[text, onClipboard]` after a copy. The browser itself handles a link that opens a new tab.
 */
export function watchCustomer(root, notify) {
  const subscription = subscribe();
  const { signal } = subscription;
  for (const near of ['pointerenter', 'focusin']) root.addEventListener(near, () => notify(), { signal });
  root.addEventListener('click', async (event) => {
    const pressed = event.target.closest('[data-way], .snap-checkout__copy');
    if (!root.contains(pressed)) return;
    const { way } = pressed.dataset;
    if (!way) {
      const text = pressed.previousElementSibling.dataset.copy;
      const onClipboard = await copy(text, root);
      if (!signal.aborted) notify([text, onClipboard]);
      return;
    }
    if (pressed.href) {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
    }
    notify(way);
  }, { signal });
  return subscription;
}

/** Focuses the match of the first selector that matches, which need not be the first match in the document. */
export const focusFirst = (root, selectors) => selectors.split(', ').map((one) => root.querySelector(one)).find(Boolean)?.focus();
/** Inside a shadow root, `document.activeElement` is only the host. */
export const holdsFocus = (root) => root.contains(root.getRootNode().activeElement);

export const userAgent = () => navigator.userAgent;
export const isFramed = () => top !== self;
/** Navigates the top window, because banks and wallets forbid frames. Navigates the frame if the browser forbids that. */
export const goTo = (url) => { try { top.location.href = url; } catch { location.assign(url); } };

/**
 * The hosted page reads the options from its URL, the UI mode by an older name. Midtrans documents no format for lists.
 * Existing parameters stay. https://docs.midtrans.com/docs/snap-advanced-feature
 */
export function withOptions(url, options) {
  let hosted;
  try { hosted = new URL(url, location.href); } catch { return url; }
  for (const [option, value] of Object.entries(options)) {
    const name = option === 'uiMode' ? 'gopayMode' : option;
    if (typeof value !== 'object' && !hosted.searchParams.has(name)) hosted.searchParams.set(name, value);
  }
  return hosted.href;
}

const CONTAINER_PREFIX = 'snap-checkout-place-';
let containerCount = 0;
let warnedAboutSize = false;
/** The id of the embed container, which is created if there is none. Undefined if it is smaller than Snap allows. */
export function embedContainer(root, id) {
  let found = document.getElementById(id ?? '');
  if (!found) {
    found = document.createElement('div');
    found.id = CONTAINER_PREFIX + String(containerCount += 1) + Date.now();
    Object.assign(found.style, { display: 'block', minHeight: '560px' });
    const host = root?.getRootNode().host;
    if (host) found.slot = 'snap-embed';
    (host ?? root?.querySelector('slot') ?? document.body).append(found);
  }
  const { id: foundId, offsetWidth, offsetHeight } = found;
  if (offsetWidth >= 320 && offsetHeight >= 560) return foundId;
  removeContainer(foundId);
  if (!warnedAboutSize) console.warn(`snap-checkout: an embedded payment page needs at least 320 by 560 pixels; #${foundId} has ${offsetWidth} by ${offsetHeight}`);
  warnedAboutSize = true;
  return undefined;
}
export const removeContainer = (id) => { if (id.startsWith(CONTAINER_PREFIX)) document.getElementById(id)?.remove(); };
export const path = () => location.pathname;
export const offline = () => !navigator.onLine;
export const setLanguage = (tag) => { document.documentElement.lang = tag; };
export const typed = (event) => event.target.value;
export const textOf = (id) => document.getElementById(id)?.textContent ?? undefined;
/**
 * The element with this id, without its children; created if it does not exist. After a trap of the program, its first
 * children return. If there is an order, the link to it replaces the form, so that the customer does not order twice.
 */
export function root(id) {
  let found = document.getElementById(id);
  if (!found) {
    found = document.createElement('div');
    document.body.append(found);
  }
  const before = [...found.childNodes];
  found.replaceChildren();
  const restore = ({ error, reason }) => {
    if (found.className || !((error ?? reason) instanceof WebAssembly.RuntimeError)) return;
    endAll();
    const order = found.querySelector('[data-testid=order-link]');
    found.className = 'dead';
    found.replaceChildren(...before);
    if (order) found.querySelector('form')?.replaceWith(order);
  };
  addEventListener('error', restore);
  addEventListener('unhandledrejection', restore);
  return found;
}
