// The page's timers in the tests' hands: time passes only when a test says so, so thirty seconds take none.

const right = performance.now.bind(performance);
let now = 0;
let last = 1e6;
let timers = new Map();

const turn = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); done(); };
  port2.postMessage(0);
});

// A timer of no time is how Yew takes a breath between two renders; no time has to pass for it.
function soon(act) {
  globalThis.busy += 1;
  turn().then(() => { globalThis.busy -= 1; act(); });
}

export function freeze() {
  now = 0;
  const base = Math.floor(right()); // whole, so that sums of milliseconds are exact
  performance.now = () => base + now;
  timers = new Map();
  globalThis.busy = 0;
  globalThis.setTimeout = (act, after = 0, ...rest) => {
    last += 1;
    if (after > 0) timers.set(last, { at: now + after, act: () => act(...rest) });
    else soon(() => act(...rest));
    return last;
  };
  globalThis.clearTimeout = (id) => void timers.delete(id);
}

/** Milliseconds that passed since freeze(). */
export const elapsed = () => now;

/** Timers that wait. */
export const timersLeft = () => timers.size;

/** Lets promises that are settled already go on: what a browser does before it ends a click. */
export async function moment() {
  for (let left = 10; left > 0; left -= 1) await null;
}

/** Returns when everything that needs no timer is done. */
export async function idle() {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await turn();
    if (globalThis.busy > 0) quiet = -1;
  }
}

const next = () => [...timers].sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];

/** Lets the timer that is due first run; false when there is none. */
export function skip() {
  const first = next();
  if (!first) return false;
  const [id, { at, act }] = first;
  timers.delete(id);
  now = Math.max(now, at);
  act();
  return true;
}

/** Lets so many milliseconds pass. */
export async function pass(milliseconds) {
  const end = now + milliseconds;
  await idle();
  while (next() && next()[1].at <= end) {
    skip();
    await idle();
  }
  now = end;
}
