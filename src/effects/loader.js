// Loads snap.js once: the tries, and the running load that all bundles of this component on a page share.
// src/effects/loader.rs and the npm package use it.

const SNAP = 'script[src*="/snap/snap.js"]';
const file = (url) => { try { const { origin, pathname } = new URL(url); return origin + pathname; } catch { return url; } };
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const hasSnap = () => typeof globalThis.snap?.pay === 'function';

/** Timeouts: of one try, of an existing tag whose file has arrived, of another bundle's load. Milliseconds. */
const TRY_TIMEOUT = 10_000;
const ARRIVED_TIMEOUT = 1_500;
const OTHER_BUNDLE_TIMEOUT = 40_000;
/** The tries of a load, and the back-off before the second one; doubled before the third, with a jitter of one half. */
const TRIES = 3;
const BACK_OFF = 500;
/** Requests without a response. In Chromium and WebKit, a second tag of the same URL waits for the first one's request. */
let hangingRequests = 0;

/** The script URLs that our Trusted Types policy allows: Midtrans' script, or that of a gateway on this machine. */
const SCRIPT_URL = /^(https:\/\/app\.(sandbox\.)?midtrans\.com|https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)\/snap\/snap\.js(\?again=\d+)?$/;
/** A page may allow a policy name only once, so all bundles of this component share the policy. */
const POLICY = Symbol.for('snap-checkout.policy');
function trusted(url) {
  const createScriptURL = (requested) => { if (SCRIPT_URL.test(requested)) return requested; throw new TypeError('this is not snap.js'); };
  try {
    globalThis[POLICY] ??= trustedTypes.createPolicy('snap-checkout', { createScriptURL });
    return globalThis[POLICY].createScriptURL(url);
  } catch { // no Trusted Types, or our name is not allowed: the page's own policy applies
    return url;
  }
}

/**
 * One try: adopts the existing tag or adds one, and waits for it with a timeout. Resolves to '' if snap.pay exists, else to
 * 'load', 'error', 'policy' or 'timeout', and removes the tag.
 */
async function loadOnce(url, clientKey, nonce) {
  const origin = new URL(url).origin;
  let tag = [...document.querySelectorAll(SNAP)].find((other) => file(other.src) === file(url));
  // The file of an older tag may have arrived or failed before, without another event.
  const timeout = tag && performance.getEntriesByName(tag.src).length ? ARRIVED_TIMEOUT : TRY_TIMEOUT;
  const listeners = new AbortController();
  let forbidden = false;
  const ended = new Promise((resolve) => {
    const listen = (target, name, listener) => target.addEventListener(name, listener, { signal: listeners.signal });
    listen(document, 'securitypolicyviolation', (event) => {
      if (event.blockedURI.startsWith(origin) && event.effectiveDirective.startsWith('script-src')) {
        forbidden = true;
        resolve('policy');
      }
    });
    const watch = (watched) => { for (const name of ['load', 'error']) listen(watched, name, () => resolve(name)); };
    const timer = setTimeout(resolve, timeout, 'timeout');
    listeners.signal.addEventListener('abort', () => clearTimeout(timer));
    if (tag) return watch(tag);
    tag = document.createElement('script');
    watch(tag);
    tag.async = true;
    tag.dataset.clientKey = clientKey;
    tag.dataset.cfasync = 'false'; // excludes it from Cloudflare's Rocket Loader
    if (nonce) tag.setAttribute('nonce', nonce);
    try {
      tag.src = trusted(hangingRequests ? `${url}?again=${hangingRequests}` : url);
      document.head.append(tag);
    } catch { // Trusted Types
      resolve('policy');
    }
  });
  const result = await ended;
  // The event of the policy may arrive after the event of the tag.
  if (result === 'error') await pause(50);
  listeners.abort();
  if (hasSnap()) return '';
  // In another document a late script does not run. A second snap.js would remove the popup of the first one.
  new Document().append(tag);
  if (result === 'timeout') hangingRequests += 1;
  return forbidden ? 'policy' : result;
}

/** All tries. Resolves to '' or to the code of the fault, as the shared promise does. */
async function loadWithRetries(url, clientKey, nonce) {
  for (let left = TRIES, backOff = BACK_OFF; ; backOff *= 2) {
    const result = await loadOnce(url, clientKey, nonce);
    if (!result) return '';
    const faults = { load: 'script_no_global', policy: 'script_csp', error: navigator.onLine ? 'script_blocked' : 'offline' };
    const fault = faults[result] ?? 'script_timeout';
    left -= 1;
    if (!left || result === 'policy') {
      console.error(`snap-checkout: snap.js could not be loaded: ${fault}`);
      return fault;
    }
    await pause((backOff / 2) * (1 + Math.random()));
    if (hasSnap()) return '';
  }
}

/** The running load, shared by all bundles of this component on the page: `{url, promise}`. */
const SHARED_LOAD = Symbol.for('snap-checkout.loading');
/** The load of this bundle. Its own tries limit its time, also after the machine slept and all timers are late. */
let own;
const clear = (running) => { if (globalThis[SHARED_LOAD] === running) delete globalThis[SHARED_LOAD]; };

/** Loads snap.js unless it is loaded. Resolves to '' or to the code of the fault. */
export async function load(url, clientKey, nonce) {
  let running = globalThis[SHARED_LOAD];
  if (!(running?.promise instanceof Promise)) running = undefined;
  const foreign = [...document.querySelectorAll(SNAP)].some((tag) => file(tag.src) !== file(url));
  if (foreign || (running && String(running.url) !== url)) {
    console.error('snap-checkout: the page has already loaded snap.js of another environment; a page can have only one');
    return 'script_other_environment';
  }
  if (hasSnap()) return '';
  let code;
  if (running && running === own) {
    code = await running.promise;
  } else if (running) {
    // The other bundle may have trapped, so there is a timeout.
    let timer;
    const timeout = new Promise((resolve) => { timer = setTimeout(() => { clear(running); resolve(); }, OTHER_BUNDLE_TIMEOUT); });
    code = await Promise.race([running.promise, timeout]).catch(() => {});
    clearTimeout(timer);
  } else {
    running = own = globalThis[SHARED_LOAD] = { url, promise: loadWithRetries(url, clientKey, nonce) };
    // A result is never cached: the next call checks again.
    code = await running.promise.finally(() => clear(running));
  }
  // The load of another bundle may have ended without a result, so only snap.pay counts.
  return hasSnap() ? '' : code || 'script_timeout';
}
