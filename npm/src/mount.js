// The element for those who want a function: makes one, sets what is given, and takes it away again.
import { define } from './element.js';

const EVENTS = { onPhase: 'phase', onPaid: 'paid', onSuccess: 'success', onPending: 'pending', onError: 'error', onClose: 'close', onProgress: 'progress', onFault: 'fault' };

/** Puts a checkout into `target` and hands back how to steer it. */
export function mount(target, options) {
  const place = typeof target === 'string' ? document.querySelector(target) : target;
  if (!(place instanceof Element)) throw new TypeError(`snap-checkout: mount expects an element or a selector of one, and got ${target}`);
  define();
  const element = document.createElement('snap-checkout');
  let wanted = {};
  // Looked up when it happens: a handler that was replaced is never called again.
  for (const [handler, event] of Object.entries(EVENTS)) {
    element.addEventListener(`snap-${event}`, ({ detail }) => wanted[handler]?.(detail));
  }
  const set = (next) => {
    for (const name of new Set([...Object.keys(wanted), ...Object.keys(next)])) {
      if (!(name in EVENTS) && wanted[name] !== next[name]) element[name] = next[name];
    }
    wanted = { ...next };
  };
  set(options);
  place.append(element);
  return {
    element,
    update: (next) => set({ ...wanted, ...next }),
    pay: () => element.pay(),
    prepare: () => element.prepare(),
    reset: () => element.reset(),
    destroy: () => element.remove(),
  };
}
