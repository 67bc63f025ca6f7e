// The merchant's streams of changes in the tests' hands.

let all = [];

class Stream extends EventTarget {
  constructor(url, options) {
    super();
    this.line = `${new URL(url).pathname}${options?.withCredentials ? ' with cookies' : ''}`;
    all.push(this);
  }

  close() { this.closed = true; }
}

/** How many were opened so far. */
export const opened = () => all.length;

/** Those that are open. */
export const open = () => all.filter((one) => !one.closed).map((one) => one.line);

/** The newest one says this; what it says after it was closed is heard by nobody who behaves. */
export const says = (text) => void all.at(-1).dispatchEvent(new MessageEvent('order', { data: text }));

/** The newest one breaks. */
export const breaks = () => all.at(-1).onerror(new Event('error'));

export function reset() {
  all = [];
  globalThis.EventSource = Stream;
}
