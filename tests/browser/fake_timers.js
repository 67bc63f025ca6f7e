// Fake timers: time only passes when a test advances the clock.

const realNow = performance.now.bind(performance);
let now = 0;
let lastId = 1e6;
let timers = new Map();

const nextTask = () => new Promise((done) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); done(); };
  port2.postMessage(0);
});

// Yew yields between two renders with a timer of zero milliseconds, which needs no time to pass.
function runInNextTask(callback) {
  globalThis.busy += 1;
  nextTask().then(() => { globalThis.busy -= 1; callback(); });
}

export function freeze() {
  now = 0;
  const base = Math.floor(realNow()); // a whole number, so that sums of milliseconds are exact
  performance.now = () => base + now;
  timers = new Map();
  globalThis.busy = 0;
  globalThis.setTimeout = (callback, delay = 0, ...args) => {
    lastId += 1;
    if (delay > 0) timers.set(lastId, { at: now + delay, callback: () => callback(...args) });
    else runInNextTask(() => callback(...args));
    return lastId;
  };
  globalThis.clearTimeout = (id) => void timers.delete(id);
}

/** The milliseconds since freeze(). */
export const elapsed = () => now;

/** The number of pending timers. */
export const pendingTimers = () => timers.size;

/** Runs the pending microtasks, as a browser does before a click ends. */
export async function flushMicrotasks() {
  for (let left = 10; left > 0; left -= 1) await null;
}

/** Resolves when only timers are left to run. */
export async function idle() {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await nextTask();
    if (globalThis.busy > 0) quiet = -1;
  }
}

const nextTimer = () => [...timers].sort(([idA, a], [idB, b]) => a.at - b.at || idA - idB)[0];

/** Advances the clock to the next timer and runs it; false when there is none. */
export function runNextTimer() {
  const first = nextTimer();
  if (!first) return false;
  const [id, { at, callback }] = first;
  timers.delete(id);
  now = Math.max(now, at);
  callback();
  return true;
}

/** Advances the clock by this many milliseconds and runs the due timers. */
export async function advance(milliseconds) {
  const end = now + milliseconds;
  await idle();
  while (nextTimer() && nextTimer()[1].at <= end) {
    runNextTimer();
    await idle();
  }
  now = end;
}
