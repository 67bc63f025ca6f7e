// A mock of window.snap for a shop's own tests, without network, DOM or timers. The test gives the outcomes of the popups;
// a popup without an outcome stays open.

const OUTCOMES = new Set(['success', 'pending', 'error', 'close', 'throw', 'wait']);
const CODES = { success: '200', pending: '201', error: '202' };
const STATUS = { success: 'settlement', pending: 'pending', error: 'deny' };
const CALLBACKS = { success: 'onSuccess', pending: 'onPending', error: 'onError', close: 'onClose' };
const OPEN = new Set(['PopupInView', 'EmbedInView']);

function validOutcome(step) {
  const outcome = typeof step === 'string' ? { type: step } : step;
  if (!OUTCOMES.has(outcome?.type)) throw new TypeError(`snap-checkout/mock: an outcome is one of ${[...OUTCOMES].join(', ')}, not ${JSON.stringify(step)}`);
  return outcome;
}

/** A result in Midtrans' format. The values of the test replace the defaults. */
function resultOf({ type, result }) {
  return {
    status_code: CODES[type],
    status_message: `mock: ${type}`,
    transaction_id: '00000000-0000-4000-8000-000000000000',
    order_id: 'mock-order',
    gross_amount: '10000.00',
    payment_type: 'bank_transfer',
    transaction_time: '2024-01-01 12:00:00',
    transaction_status: STATUS[type],
    fraud_status: 'accept',
    ...result,
  };
}

/**
 * Creates a mock. Each `pay` or `embed` uses the next outcome; without one, the popup stays open until `finish` or `hide`.
 * An outcome arrives in a microtask after the call, as a popup's callback does.
 */
export function createSnapMock(...outcomes) {
  const steps = outcomes.map(validOutcome);
  const calls = [];
  let state = 'Initial';
  let opened;

  const moveTo = (next, caller) => {
    if (OPEN.has(state)) {
      throw new Error(`snap.${caller} is not allowed to be called in this state. Invalid state transition from ${state} to ${next}`);
    }
    state = next;
  };

  const callBack = (options, outcome) => options?.[CALLBACKS[outcome.type]]?.(...(outcome.type === 'close' ? [] : [resultOf(outcome)]));

  function end(popup, outcome) {
    if (popup === opened) {
      opened = undefined;
      state = 'Initial';
    }
    callBack(popup.options, outcome);
    if (outcome.twice) callBack(popup.options, outcome);
    if (outcome.thenClose) callBack(popup.options, { type: 'close' });
  }

  function open(method, next, token, options = {}) {
    calls.push({ method, token, options });
    const outcome = steps[0]?.type === 'throw' ? steps.shift() : undefined;
    if (outcome) throw new Error(outcome.message ?? `snap.${method} is not allowed to be called in this state. Invalid state transition from PopupInView to ${next}`);
    if (typeof token !== 'string' || !token) throw new TypeError(`snap.${method} needs a token`);
    moveTo(next, method);
    const popup = opened = { options };
    const step = steps.shift() ?? { type: 'wait' };
    // A popup that was hidden meanwhile calls nothing.
    if (step.type !== 'wait') queueMicrotask(() => { if (popup === opened) end(popup, step); });
  }

  const snap = {
    pay: (token, options) => open('pay', 'PopupInView', token, options),
    embed(token, options) {
      if (!options?.embedId) throw new Error('snap.embed needs embedId, the id of an element on the page');
      open('embed', 'EmbedInView', token, options);
    },
    show() {
      calls.push({ method: 'show' });
      moveTo('LoadingInView', 'show');
    },
    hide() {
      calls.push({ method: 'hide' });
      opened = undefined;
      state = 'Initial';
    },
  };

  return Object.assign(snap, {
    mock: {
      /** The calls in order: `{method, token, options}`. */
      calls,
      /** Initial, LoadingInView, PopupInView or EmbedInView. */
      get state() { return state; },
      /** Adds outcomes. */
      next(...more) { steps.push(...more.map(validOutcome)); return this; },
      /** Ends the open popup with an outcome. */
      finish(step) {
        if (!opened) throw new Error('snap-checkout/mock: no popup is open');
        const outcome = validOutcome(step);
        if (outcome.type === 'throw' || outcome.type === 'wait') throw new TypeError(`snap-checkout/mock: a popup that is open cannot ${outcome.type}`);
        end(opened, outcome);
      },
      /** Replaces `window.snap`. Returns a function that restores it. */
      install(target = globalThis) {
        const before = Object.getOwnPropertyDescriptor(target, 'snap');
        Object.defineProperty(target, 'snap', { value: snap, configurable: true, writable: true, enumerable: true });
        return () => {
          if (before) Object.defineProperty(target, 'snap', before);
          else delete target.snap;
        };
      },
    },
  });
}
