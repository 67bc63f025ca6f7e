// A mock of the network: the responses of fetch, and the outcomes of the script tags of snap.js.

let posts = [];
let gets = [];
let recorded = [];
let chunks = 0;
let cancelled = false;

const runInNextTask = (callback) => {
  const { port1, port2 } = new MessageChannel();
  globalThis.busy += 1;
  port1.onmessage = () => {
    port1.close();
    try { callback(); } finally { globalThis.busy -= 1; }
  };
  port2.postMessage(0);
};

/** Sets the responses, in this order; the last one is repeated. */
export function respond(method, json) {
  if (method === 'POST') posts = JSON.parse(json);
  else gets = JSON.parse(json);
}

/** The requests so far. */
export const requests = () => recorded;

/** The number of 16 kB chunks before an endless response was cancelled; -1 when it was not. */
export const chunksBeforeCancel = () => (cancelled ? chunks : -1);

const bytes = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

// A stream of the page itself, so that idle() also waits for it.
function bodyStream({ text, endless, breaks, stalls }, signal) {
  return new ReadableStream({
    start(controller) {
      signal.addEventListener('abort', () => {
        try { controller.error(new DOMException('aborted', 'AbortError')); } catch { /* closed already */ }
      });
    },
    pull(controller) {
      if (endless) { chunks += 1; controller.enqueue(new Uint8Array(16384).fill(32)); return undefined; }
      if (text) { controller.enqueue(text); text = null; return undefined; }
      if (breaks) { controller.error(new TypeError('connection lost')); return undefined; }
      if (stalls) return new Promise(() => {});
      controller.close();
      return undefined;
    },
    cancel() { cancelled = true; },
  }, { highWaterMark: 0 });
}

async function fakeFetch(input, init) {
  const request = new Request(input, init);
  const queue = request.method === 'POST' ? posts : gets;
  const planned = (queue.length > 1 ? queue.shift() : queue[0]) ?? { broken: true };
  const entry = {
    method: request.method, url: request.url, headers: Object.fromEntries(request.headers),
    credentials: request.credentials, body: '', aborted: false,
  };
  recorded.push(entry);
  const aborted = new Promise((_, reject) => {
    const abort = () => { entry.aborted = true; reject(new DOMException('aborted', 'AbortError')); };
    if (request.signal.aborted) abort();
    request.signal.addEventListener('abort', abort);
  });
  aborted.catch(() => {});
  globalThis.busy += 1;
  try { entry.body = await request.clone().text(); } finally { globalThis.busy -= 1; }
  if (planned.never) return aborted;
  if (planned.broken) throw new TypeError('Failed to fetch');
  const text = planned.raw ? Uint8Array.from(planned.raw) : new TextEncoder().encode(planned.body ?? '');
  const body = bodyStream({ ...planned, text: text.length ? text : null }, request.signal);
  const response = new Response(body, { status: planned.status ?? 200, headers: planned.headers ?? {} });
  return Promise.race([response, aborted]);
}

let outcomes = [];
let added = [];
const append = Node.prototype.appendChild;

/** Sets the outcomes of the next script tags of snap.js: `snap`, `load`, `error`, `never`, `policy`, or `real`. */
export function setScriptOutcomes(json) { outcomes = JSON.parse(json); }

/** The sorted attributes of every script tag of snap.js that was added to the page. */
export const addedScripts = () => added;

export const scriptCount = () => document.querySelectorAll("script[src*='snap.js']").length;

function handleScript(node) {
  const attributes = [...node.attributes].map(({ name, value }) => `${name}=${value}`).sort().join(' ');
  added.push(attributes);
  const outcome = outcomes.shift() ?? 'never';
  if (outcome === 'real') return;
  // The browser neither fetches nor reports a script of an unknown type.
  node.setAttribute('type', 'application/x-held');
  if (outcome === 'never') return;
  runInNextTask(() => finish(node, outcome));
}

function finish(node, outcome) {
  if (outcome === 'snap') globalThis.installSnap();
  if (outcome === 'policy') {
    const violation = { blockedURI: node.src, effectiveDirective: 'script-src-elem', documentURI: location.href };
    node.dispatchEvent(new Event('error'));
    document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', violation));
  } else {
    node.dispatchEvent(new Event(outcome === 'error' ? 'error' : 'load'));
  }
}

for (const [owner, name] of [[Node.prototype, 'appendChild'], [Node.prototype, 'insertBefore'], [Element.prototype, 'append']]) {
  const original = owner[name];
  owner[name] = function patched(node, ...rest) {
    if (node instanceof HTMLScriptElement && node.src.includes('/snap/snap.js')) handleScript(node);
    return original.call(this, node, ...rest);
  };
}

/** Adds a script tag that does not come from the component; without a type the browser loads it. */
export function addForeignScript(src, type) {
  const tag = document.createElement('script');
  if (type) tag.type = type;
  tag.src = src;
  append.call(document.head, tag);
}

/** Applies an outcome to the first script tag on the page. */
export function finishScript(outcome) { finish(document.querySelector("script[src*='snap.js']"), outcome); }

let failed = 0;
addEventListener('error', ({ target }) => { if (target instanceof HTMLScriptElement) failed += 1; }, true);

const realSetTimeout = globalThis.setTimeout.bind(globalThis);

/** Resolves when this many real script tags have failed. */
export async function waitForScriptFailures(count) {
  for (let left = 1000; failed < count; left -= 1) {
    if (left === 0) throw new Error('the script did not fail');
    await new Promise((done) => realSetTimeout(done, 10));
  }
}

export function setOnline(online) { Object.defineProperty(navigator, 'onLine', { get: () => online, configurable: true }); }

export function reset() {
  [posts, gets, recorded, outcomes, added] = [[], [], [], [], []];
  [chunks, cancelled, failed] = [0, false, 0];
  globalThis.fetch = fakeFetch;
  setOnline(true);
  for (const tag of document.querySelectorAll("script[src*='snap.js']")) tag.remove();
}
