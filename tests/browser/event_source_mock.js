// A mock of EventSource for the order events.

let streams = [];

class Stream extends EventTarget {
  constructor(url, options) {
    super();
    this.line = `${new URL(url).pathname}${options?.withCredentials ? ' with cookies' : ''}`;
    streams.push(this);
  }

  close() { this.closed = true; }
}

/** The number of streams opened so far. */
export const openedCount = () => streams.length;

/** The open streams. */
export const openStreams = () => streams.filter((stream) => !stream.closed).map((stream) => stream.line);

/** Dispatches an `order` event on the latest stream, even when it is closed. */
export const send = (data) => void streams.at(-1).dispatchEvent(new MessageEvent('order', { data }));

/** Dispatches an error on the latest stream. */
export const fail = () => streams.at(-1).onerror(new Event('error'));

export function reset() {
  streams = [];
  globalThis.EventSource = Stream;
}
