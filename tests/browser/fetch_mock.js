// The network in the tests' hands: what fetch answers, and what becomes of script tags of snap.js.

let posts = [];
let gets = [];
let asked = [];
let pulled = 0;
let cancelled = false;

const soon = (act) => {
  const { port1, port2 } = new MessageChannel();
  globalThis.busy += 1;
  port1.onmessage = () => {
    port1.close();
    try { act(); } finally { globalThis.busy -= 1; }
  };
  port2.postMessage(0);
};

/** Answers come in this order, the last one for ever. */
export function answers(method, json) {
  if (method === 'POST') posts = JSON.parse(json);
  else gets = JSON.parse(json);
}

/** What was asked so far. */
export const requests = () => asked;

/** Whether an endless answer was given up, and after how many chunks of 16 kB. */
export const givenUpAfter = () => (cancelled ? pulled : -1);

const bytes = (text) => Uint8Array.from(text, (c) => c.charCodeAt(0));

// A stream of our own: it answers without leaving the page, so that idle() means idle.
function stream({ text, endless, breaks, stalls }, signal) {
  return new ReadableStream({
    start(into) {
      signal.addEventListener('abort', () => {
        try { into.error(new DOMException('aborted', 'AbortError')); } catch { /* over already */ }
      });
    },
    pull(into) {
      if (endless) { pulled += 1; into.enqueue(new Uint8Array(16384).fill(32)); return undefined; }
      if (text) { into.enqueue(text); text = null; return undefined; }
      if (breaks) { into.error(new TypeError('connection lost')); return undefined; }
      if (stalls) return new Promise(() => {});
      into.close();
      return undefined;
    },
    cancel() { cancelled = true; },
  }, { highWaterMark: 0 });
}

async function fakeFetch(input, init) {
  const request = new Request(input, init);
  const queue = request.method === 'POST' ? posts : gets;
  const answer = (queue.length > 1 ? queue.shift() : queue[0]) ?? { broken: true };
  const entry = {
    method: request.method, url: request.url, headers: Object.fromEntries(request.headers),
    credentials: request.credentials, body: '', aborted: false,
  };
  asked.push(entry);
  const ended = new Promise((_, reject) => {
    const give_up = () => { entry.aborted = true; reject(new DOMException('aborted', 'AbortError')); };
    if (request.signal.aborted) give_up();
    request.signal.addEventListener('abort', give_up);
  });
  ended.catch(() => {});
  globalThis.busy += 1;
  try { entry.body = await request.clone().text(); } finally { globalThis.busy -= 1; }
  if (answer.never) return ended;
  if (answer.broken) throw new TypeError('Failed to fetch');
  const text = answer.raw ? Uint8Array.from(answer.raw) : new TextEncoder().encode(answer.body ?? '');
  const body = stream({ ...answer, text: text.length ? text : null }, request.signal);
  const response = new Response(body, { status: answer.status ?? 200, headers: answer.headers ?? {} });
  return Promise.race([response, ended]);
}

let ends = [];
let made = [];
const append = Node.prototype.appendChild;

/** What becomes of the next tags of snap.js: `snap`, `load`, `error`, `never`, `policy`, or `real`. */
export function tagsEnd(json) { ends = JSON.parse(json); }

/** The attributes of every tag of snap.js that was put on the page, in alphabetical order. */
export const tagsMade = () => made;

export const snapTags = () => document.querySelectorAll("script[src*='snap.js']").length;

function meet(node) {
  const attributes = [...node.attributes].map(({ name, value }) => `${name}=${value}`).sort().join(' ');
  made.push(attributes);
  const end = ends.shift() ?? 'never';
  if (end === 'real') return;
  // A type that no engine runs: the browser does not fetch it, and says nothing about it.
  node.setAttribute('type', 'application/x-held');
  if (end === 'never') return;
  soon(() => finish(node, end));
}

function finish(node, end) {
  if (end === 'snap') globalThis.installSnap();
  if (end === 'policy') {
    const about = { blockedURI: node.src, effectiveDirective: 'script-src-elem', documentURI: location.href };
    node.dispatchEvent(new Event('error'));
    document.dispatchEvent(new SecurityPolicyViolationEvent('securitypolicyviolation', about));
  } else {
    node.dispatchEvent(new Event(end === 'error' ? 'error' : 'load'));
  }
}

for (const [owner, name] of [[Node.prototype, 'appendChild'], [Node.prototype, 'insertBefore'], [Element.prototype, 'append']]) {
  const original = owner[name];
  owner[name] = function patched(node, ...rest) {
    if (node instanceof HTMLScriptElement && node.src.includes('/snap/snap.js')) meet(node);
    return original.call(this, node, ...rest);
  };
}

/** A tag that somebody else put there; without a type it is a real one. */
export function foreignTag(src, type) {
  const tag = document.createElement('script');
  if (type) tag.type = type;
  tag.src = src;
  append.call(document.head, tag);
}

/** What happens to the first tag on the page. */
export function tagEnds(end) { finish(document.querySelector("script[src*='snap.js']"), end); }

let failed = 0;
addEventListener('error', ({ target }) => { if (target instanceof HTMLScriptElement) failed += 1; }, true);

const later = globalThis.setTimeout.bind(globalThis);

/** Returns when the browser itself has given up so many real tags. */
export async function tagsFail(count) {
  for (let left = 1000; failed < count; left -= 1) {
    if (left === 0) throw new Error('the browser did not give the tag up');
    await new Promise((done) => later(done, 10));
  }
}

export function online(is) { Object.defineProperty(navigator, 'onLine', { get: () => is, configurable: true }); }

export function reset() {
  [posts, gets, asked, ends, made] = [[], [], [], [], []];
  [pulled, cancelled, failed] = [0, false, 0];
  globalThis.fetch = fakeFetch;
  online(true);
  for (const tag of document.querySelectorAll("script[src*='snap.js']")) tag.remove();
}
