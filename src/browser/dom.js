// What the browser does for the edge, as small functions: the same in Rust would be four times the bytes for
// every customer. What it means for the checkout, src/browser/*.rs decides.

const SNAP = 'script[src*="/snap/snap.js"]';
const file = (url) => { try { const { origin, pathname } = new URL(url); return origin + pathname; } catch { return url; } };
export const pause = (takes) => new Promise((resolve) => setTimeout(resolve, takes));
/** Until what `Retry-After` says, in seconds or as a date; NaN for anything else. */
export const millisecondsUntil = (text) => (/^\s*\d{1,9}\s*$/.test(text) ? text * 1000 : Date.parse(text) - Date.now());
const snapThere = () => typeof globalThis.snap?.pay === 'function';

/** How long one try may take; a tag whose file has long arrived; another bundle's flight. Milliseconds. */
const TRY_TAKES = 10_000;
const ARRIVED_TAKES = 1_500;
const FLIGHT_TAKES = 40_000;
/** Tries a load, and the pause before the second one; doubled before the third, half of it by chance. */
const TRIES = 3;
const BACK_OFF = 500;
/** Requests that got no answer. A second tag of the same address waits for the first one's, in Chromium and WebKit. */
let hung = 0;

/** What the policy lets through: Midtrans' script, or that of a gateway on this machine, and nothing else. */
const SCRIPT_URL = /^(https:\/\/app\.(sandbox\.)?midtrans\.com|https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)\/snap\/snap\.js(\?again=\d+)?$/;
/** A page may allow a policy's name once only, so all bundles of this component on it share the policy. */
const POLICY = Symbol.for('snap-checkout.policy');
function trusted(url) {
  const createScriptURL = (asked) => { if (SCRIPT_URL.test(asked)) return asked; throw new TypeError('this is not snap.js'); };
  try {
    globalThis[POLICY] ??= trustedTypes.createPolicy('snap-checkout', { createScriptURL });
    return globalThis[POLICY].createScriptURL(url);
  } catch { // no Trusted Types here, or not by our name: then the page's own rules decide
    return url;
  }
}

/**
 * One try: adopts the tag that is there or adds one, and waits for it within a bound. Resolves to '' when
 * snap.pay is there, else to what happened: 'load', 'error', 'policy' or 'bound'; then the tag is gone.
 */
async function loadOnce(url, clientKey, nonce) {
  const origin = new URL(url).origin;
  let tag = [...document.querySelectorAll(SNAP)].find((other) => file(other.src) === file(url));
  // The file of a tag that is older than us may have come, or failed, long ago: no event will tell.
  const bound = tag && performance.getEntriesByName(tag.src).length ? ARRIVED_TAKES : TRY_TAKES;
  const listening = new AbortController();
  let forbidden = false;
  let end = new Promise((resolve) => {
    const hear = (target, name, heard) => target.addEventListener(name, heard, { signal: listening.signal });
    hear(document, 'securitypolicyviolation', (event) => {
      if (event.blockedURI.startsWith(origin) && event.effectiveDirective.startsWith('script-src')) {
        forbidden = true;
        resolve('policy');
      }
    });
    const watch = (watched) => { for (const name of ['load', 'error']) hear(watched, name, () => resolve(name)); };
    const timer = setTimeout(resolve, bound, 'bound');
    listening.signal.addEventListener('abort', () => clearTimeout(timer));
    if (tag) return watch(tag);
    tag = document.createElement('script');
    watch(tag);
    tag.async = true;
    tag.dataset.clientKey = clientKey;
    tag.dataset.cfasync = 'false'; // keeps Cloudflare's Rocket Loader away from it
    if (nonce) tag.setAttribute('nonce', nonce);
    try {
      tag.src = trusted(hung ? `${url}?again=${hung}` : url);
      document.head.append(tag);
    } catch { // Trusted Types
      resolve('policy');
    }
  });
  end = await end;
  // The policy's own event may come after the tag's.
  if (end === 'error') await pause(50);
  listening.abort();
  if (snapThere()) return '';
  // In another document what comes after all is not run: a second snap.js would take the first one's popup away.
  new Document().append(tag);
  if (end === 'bound') hung += 1;
  return forbidden ? 'policy' : end;
}

/** All tries. Resolves to '' or to the code of the fault; so does the promise that bundles share. */
async function loadPatiently(url, clientKey, nonce) {
  for (let left = TRIES, backOff = BACK_OFF; ; backOff *= 2) {
    const end = await loadOnce(url, clientKey, nonce);
    if (!end) return '';
    const faults = { load: 'script_no_global', policy: 'script_csp', error: navigator.onLine ? 'script_blocked' : 'offline' };
    const fault = faults[end] ?? 'script_timeout';
    left -= 1;
    if (!left || end === 'policy') {
      console.error(`snap-checkout: snap.js could not be loaded: ${fault}`);
      return fault;
    }
    await pause((backOff / 2) * (1 + Math.random()));
    if (snapThere()) return '';
  }
}

/** The load that is under way, shared by all bundles of this component on the page: `{url, promise}`. */
const FLIGHT = Symbol.for('snap-checkout.loading');
/** That of this bundle: bounded by its own tries, also when all timers are overdue because the machine slept. */
let ours;
const land = (flight) => { if (globalThis[FLIGHT] === flight) delete globalThis[FLIGHT]; };

/** Makes sure that snap.pay is there. Resolves to '' or to the code of the fault. */
export async function load(url, clientKey, nonce) {
  let flight = globalThis[FLIGHT];
  if (!(flight?.promise instanceof Promise)) flight = undefined;
  const foreign = [...document.querySelectorAll(SNAP)].some((tag) => file(tag.src) !== file(url));
  if (foreign || (flight && String(flight.url) !== url)) {
    console.error('snap-checkout: the page already runs snap.js of another environment; a page can only hold one');
    return 'script_other_environment';
  }
  if (snapThere()) return '';
  let code;
  if (flight && flight === ours) {
    code = await flight.promise;
  } else if (flight) {
    // Another bundle may have died, so it is waited for within a bound.
    let timer;
    const bound = new Promise((resolve) => { timer = setTimeout(() => { land(flight); resolve(); }, FLIGHT_TAKES); });
    code = await Promise.race([flight.promise, bound]).catch(() => {});
    clearTimeout(timer);
  } else {
    flight = ours = globalThis[FLIGHT] = { url, promise: loadPatiently(url, clientKey, nonce) };
    // An end is never kept: the next call looks for itself.
    code = await flight.promise.finally(() => land(flight));
  }
  // A flight of another bundle may have ended in silence; what counts is what is there.
  return snapThere() ? '' : code || 'script_timeout';
}

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
  const address = new URL(url);
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
