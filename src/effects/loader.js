// snap.js on the page, once: the tries, and the flight that all bundles of this component share. What a fault means for
// the checkout, src/browser/loader.rs decides; the npm package loads by it too.

const SNAP = 'script[src*="/snap/snap.js"]';
const file = (url) => { try { const { origin, pathname } = new URL(url); return origin + pathname; } catch { return url; } };
const pause = (takes) => new Promise((resolve) => setTimeout(resolve, takes));
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
