// The element as a function: creates it, sets its options, and removes it.
import { define } from './element.js';

const EVENTS = { onPhase: 'phase', onPaid: 'paid', onSuccess: 'success', onPending: 'pending', onError: 'error', onClose: 'close', onProgress: 'progress', onFault: 'fault' };

/** Mounts a checkout into `target` and returns functions to control it. */
export function mount(target, options) {
  const parent = typeof target === 'string' ? document.querySelector(target) : target;
  if (!(parent instanceof Element)) throw new TypeError(`snap-checkout: mount expects an element or a selector of one, and got ${target}`);
  define();
  const element = document.createElement('snap-checkout');
  let current = {};
  // The handler is looked up for each event, so that a replaced handler is not called.
  for (const [handler, event] of Object.entries(EVENTS)) {
    element.addEventListener(`snap-${event}`, ({ detail }) => current[handler]?.(detail));
  }
  const set = (next) => {
    for (const name of new Set([...Object.keys(current), ...Object.keys(next)])) {
      if (!(name in EVENTS) && current[name] !== next[name]) element[name] = next[name];
    }
    current = { ...next };
  };
  set(options);
  parent.append(element);
  return {
    element,
    update: (next) => set({ ...current, ...next }),
    pay: () => element.pay(),
    prepare: () => element.prepare(),
    reset: () => element.reset(),
    destroy: () => element.remove(),
  };
}
