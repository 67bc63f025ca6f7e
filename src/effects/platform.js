// What the browser does for the edge, as small functions: the same in Rust would be four times the bytes for
// every customer. What it means for the checkout, src/browser/*.rs decides.

export const pause = (takes) => new Promise((resolve) => setTimeout(resolve, takes));
/** Until what `Retry-After` says, in seconds or as a date; NaN for anything else. */
export const millisecondsUntil = (text) => (/^\s*\d{1,9}\s*$/.test(text) ? text * 1000 : Date.parse(text) - Date.now());

/** Whether a popup is open: Snap shows one a page, however many checkouts, bundles and versions of us there are. */
const OPEN = Symbol.for('snap-checkout.open');
export const popupIsOpen = () => globalThis[OPEN] === true;
export const setPopupOpen = (open) => { globalThis[OPEN] = open; };

/** An answer's body as a JSON object; null when it is too large or none. Rejects when the connection breaks. */
export async function readObject(stream, most) {
  const reader = stream?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = 0;
  for (let chunk; reader && !(chunk = await reader.read()).done;) {
    size += chunk.value.length;
    if (size > most) { reader.cancel().catch(() => {}); return null; }
    try { text += decoder.decode(chunk.value, { stream: true }); } catch { return null; }
  }
  try {
    const value = JSON.parse(text + decoder.decode());
    return typeof value === 'object' ? value : null;
  } catch { return null; }
}

const areas = { session: () => sessionStorage, local: () => localStorage };
/** Storage may be forbidden or full: then nothing is remembered, and nothing breaks. */
export const stored = (area, key) => { try { return areas[area]().getItem(key) ?? undefined; } catch { return undefined; } };
export const store = (area, key, value) => {
  try { if (value === undefined) areas[area]().removeItem(key); else areas[area]().setItem(key, value); } catch { /* see above */ }
};

/** As Indonesia writes it. `Intl` would say the same, and take its time to wake up for it before there is a button. */
export const rupiah = (amount) => `${amount < 0 ? '-' : ''}Rp\u00a0${Math.abs(amount).toFixed().replace(/\B(?=(...)+$)/g, '.')}`;

/** Day and time in Jakarta; undefined where the text is no point in time. */
export function moment(text, locale) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  return `${new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short', timeZone: 'Asia/Jakarta' }).format(date)} WIB`;
}

/** `[href, origin, hostname]` of a URL beside another one, or undefined. */
export const resolve = (url, base) => { try { const u = new URL(url, base ?? location.href); return [u.href, u.origin, u.hostname]; } catch { return undefined; } };

/** Adds the viewport that Snap's popup needs on phones, unless the page has one. */
export function ensureViewport() {
  if (!document.head || document.querySelector('meta[name=viewport]')) return;
  const meta = document.createElement('meta');
  meta.name = 'viewport';
  meta.content = 'width=device-width, initial-scale=1';
  document.head.append(meta);
}

const lasting = new Set();
/** What lasts until it is aborted, or until `endAll`: a program that died aborts nothing. */
function last() {
  const it = new AbortController();
  lasting.add(it);
  it.signal.addEventListener('abort', () => lasting.delete(it));
  return it;
}
export const endAll = () => lasting.forEach((it) => it.abort());

/**
 * Tells whether the page is seen: when it is shown again, from the back/forward cache or from another tab or app,
 * when it is hidden, and when another tab wrote a key that begins so.
 */
export function watchPage(keys, tell) {
  const listening = last();
  const { signal } = listening;
  const look = () => tell(!document.hidden);
  addEventListener('pageshow', (event) => { if (event.persisted) look(); }, { signal });
  addEventListener('pagehide', () => tell(false), { signal });
  addEventListener('storage', ({ key }) => { if (key?.startsWith(keys)) look(); }, { signal });
  document.addEventListener('visibilitychange', look, { signal });
  if (document.hidden) look();
  return listening;
}

/** The pauses before a stream that broke is tried again, doubled each time; one that lasted begins anew. Milliseconds. */
const FIRST_PAUSE = 3_000;
const LONGEST_PAUSE = 60_000;
/** Tells each message of a stream as JSON, and `undefined` when it broke, until it is aborted. */
export function listen(url, withCredentials, tell) {
  const listening = last();
  let stream;
  let timer;
  let next = FIRST_PAUSE;
  const open = () => {
    const since = performance.now();
    stream = new EventSource(url, { withCredentials });
    stream.addEventListener('order', ({ data }) => {
      try { tell(JSON.parse(data.slice(0, 65_536))); } catch { /* it is not from our merchant */ }
    });
    stream.onerror = () => {
      stream.close();
      if (performance.now() - since > LONGEST_PAUSE) next = FIRST_PAUSE;
      timer = setTimeout(open, next * (1 - Math.random() / 2));
      next = Math.min(next * 2, LONGEST_PAUSE);
      tell();
    };
  };
  listening.signal.addEventListener('abort', () => { clearTimeout(timer); stream.close(); });
  open();
  return listening;
}

/**
 * Writes into `[data-until]` how much time is left, each second. `data-now` is the merchant's clock when the
 * element was written: this machine's may be wrong. Tells once when the time is over.
 */
export function countDown(root, tell) {
  const counting = last();
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
      if (shown.told !== until) { shown.told = until; tell(); }
    }
  };
  counting.signal.addEventListener('abort', () => clearTimeout(timer));
  tick();
  return counting;
}

/** 128 random bits as hex. Without crypto chance will do: it tells tabs apart, and nothing secret hangs on it. */
export const randomHex = () => {
  const bytes = new Uint8Array(16);
  try { crypto.getRandomValues(bytes); } catch { bytes.forEach((_, at) => { bytes[at] = Math.random() * 256; }); }
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/** Whether the text is on the clipboard now. Plain http and policies have none: then what shows it is selected. */
async function copy(text, root) {
  try { await navigator.clipboard.writeText(text); return true; } catch { /* the old way */ }
  const shown = [...root.querySelectorAll('[data-copy]')].find((one) => one.dataset.copy === text);
  if (shown) getSelection().selectAllChildren(shown);
  const put = (event) => { event.clipboardData.setData('text/plain', text); event.preventDefault(); };
  document.addEventListener('copy', put);
  try { return document.execCommand('copy'); } catch { return false; } finally { document.removeEventListener('copy', put); }
}

/**
 * Tells what a customer does inside a checkout: nothing when they come near, the `data-way` of what they press, and
 * `[text, there]` once they had a text copied. A link that is to open somewhere else does so by itself.
 */
export function hear(root, tell) {
  const listening = last();
  const { signal } = listening;
  for (const near of ['pointerenter', 'focusin']) root.addEventListener(near, () => tell(), { signal });
  root.addEventListener('click', async (event) => {
    const pressed = event.target.closest('[data-way], .snap-checkout__copy');
    if (!root.contains(pressed)) return;
    const { way } = pressed.dataset;
    if (!way) {
      const text = pressed.previousElementSibling.dataset.copy;
      const there = await copy(text, root);
      if (!signal.aborted) tell([text, there]);
      return;
    }
    if (pressed.href) {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
    }
    tell(way);
  }, { signal });
  return listening;
}

/** The first selector of the list that matches, not the first match in the page. */
export const focusFirst = (root, selectors) => selectors.split(', ').map((one) => root.querySelector(one)).find(Boolean)?.focus();
/** Inside a shadow root the document knows only the root's host. */
export const holdsFocus = (root) => root.contains(root.getRootNode().activeElement);

export const userAgent = () => navigator.userAgent;
export const isFramed = () => top !== self;
/** Leaves the frame too: banks and wallets refuse to be shown in one. Where it must not, better in the frame than nowhere. */
export const goTo = (url) => { try { top.location.href = url; } catch { location.assign(url); } };

/**
 * The hosted page takes the options in its address, the wallets' mode by its older name; no way to write a list is
 * documented. What the merchant wrote there stays. https://docs.midtrans.com/docs/snap-advanced-feature
 */
export function withOptions(url, options) {
  let address;
  try { address = new URL(url, location.href); } catch { return url; }
  for (const [option, value] of Object.entries(options)) {
    const name = option === 'uiMode' ? 'gopayMode' : option;
    if (typeof value !== 'object' && !address.searchParams.has(name)) address.searchParams.set(name, value);
  }
  return address.href;
}

const OUR_PLACE = 'snap-checkout-place-';
let placesMade = 0;
let smallPlaceTold = false;
/** The id of the element to embed in, made when there is none; undefined when it is smaller than Snap allows. */
export function place(root, id) {
  let found = document.getElementById(id ?? '');
  if (!found) {
    found = document.createElement('div');
    found.id = OUR_PLACE + String(placesMade += 1) + Date.now();
    Object.assign(found.style, { display: 'block', minHeight: '560px' });
    const host = root?.getRootNode().host;
    if (host) found.slot = 'snap-embed';
    (host ?? root?.querySelector('slot') ?? document.body).append(found);
  }
  const { id: its, offsetWidth, offsetHeight } = found;
  if (offsetWidth >= 320 && offsetHeight >= 560) return its;
  leave(its);
  if (!smallPlaceTold) console.warn(`snap-checkout: a payment page needs a place of 320 by 560 pixels to be embedded in, and #${its} has ${offsetWidth} by ${offsetHeight}`);
  smallPlaceTold = true;
  return undefined;
}
export const leave = (id) => { if (id.startsWith(OUR_PLACE)) document.getElementById(id)?.remove(); };
export const path = () => location.pathname;
export const offline = () => !navigator.onLine;
export const setLanguage = (tag) => { document.documentElement.lang = tag; };
export const typed = (event) => event.target.value;
export const textOf = (id) => document.getElementById(id)?.textContent ?? undefined;
/**
 * The element with this id, emptied; added to the page where it has none. When the program dies, what stood there
 * comes back; once there is an order, its page in place of the form: nobody shall order twice.
 */
export function root(id) {
  let found = document.getElementById(id);
  if (!found) {
    found = document.createElement('div');
    document.body.append(found);
  }
  const before = [...found.childNodes];
  found.replaceChildren();
  const died = ({ error, reason }) => {
    if (found.className || !((error ?? reason) instanceof WebAssembly.RuntimeError)) return;
    endAll();
    const order = found.querySelector('[data-testid=order-link]');
    found.className = 'dead';
    found.replaceChildren(...before);
    if (order) found.querySelector('form')?.replaceWith(order);
  };
  addEventListener('error', died);
  addEventListener('unhandledrejection', died);
  return found;
}
