// Shows every state of the element side by side: real elements with a mock of window.snap and a mock backend.
// A page has one popup, so the states that need it are reached one after the other; the last one leaves it open.
import '/element/script.js';
import { createSnapMock } from '/element/mock.js';
import { ENVIRONMENT, checkout, fails, install, neverResponds, order, rejects, responds, tokenUrl } from './mock-backend.js';

const expiry = () => new Date(Date.now() + 45 * 60_000).toISOString();
const withOrder = (status, payment, more) => ({ order: () => order('', { status, payment, ...more }) });
const pending = (payment) => ({ phase: 'pending', known: true, ...withOrder('pending', { expires_at: expiry(), ...payment }) });

/**
 * The expected `phase` and `code` or `fault`, and how to reach them: `press` calls `pay()`; `known` starts with an
 * existing order; `popup` is the outcome of the mock; `token` and `order` are the backend's responses; `set` adds attributes.
 */
const STATES = {
  idle: { title: 'Ready to pay', phase: 'idle' },
  disabled: { title: 'Disabled', phase: 'idle', set: { disabled: '' } },
  'no-amount': { title: 'Ready, without an amount', phase: 'idle', set: { amount: null } },
  preparing: { title: 'Preparing the payment', phase: 'preparing', press: true, token: neverResponds },
  closed: { title: 'Popup closed without paying', phase: 'closed', press: true, popup: 'close' },
  confirming: { title: 'Confirming the payment', phase: 'confirming', press: true, popup: 'success' },
  reported: { title: 'Reported, backend without order status', phase: 'reported', press: true, popup: 'success', token: responds({ token: 'playground-reported' }) },
  'virtual-account': { title: 'Pending: virtual account', ...pending({ payment_type: 'bank_transfer', provider: 'bca', code: '70012906793' }) },
  bill: { title: 'Pending: Mandiri Bill', ...pending({ payment_type: 'echannel', provider: 'mandiri', biller_code: '70012', code: '990000000260' }) },
  counter: { title: 'Pending: convenience store', ...pending({ payment_type: 'cstore', provider: 'indomaret', code: '10012906793' }) },
  review: { title: 'Under review', phase: 'pending', known: true, ...withOrder('review') },
  paid: { title: 'Paid', phase: 'paid', known: true, ...withOrder('paid') },
  'partly-refunded': { title: 'Paid, partially refunded', phase: 'paid', known: true, ...withOrder('partially_refunded', undefined, { refunded_amount: 89_000 }) },
  expired: { title: 'Expired', phase: 'ended', known: true, ...withOrder('expired') },
  cancelled: { title: 'Cancelled', phase: 'ended', known: true, ...withOrder('cancelled') },
  refunded: { title: 'Refunded', phase: 'ended', known: true, ...withOrder('refunded') },
  'charged-back': { title: 'Charged back', phase: 'ended', known: true, ...withOrder('charged_back') },
  declined: { title: 'Declined by the bank', phase: 'failed', code: 'payment_declined', press: true, popup: 'error', ...withOrder('denied') },
  refused: { title: 'Order rejected by the backend', phase: 'failed', code: 'token_refused', press: true, token: rejects(422, 'unknown_item') },
  'paying-already': { title: 'Order already paid', phase: 'failed', code: 'order_already_paying', press: true, token: rejects(409, 'order_paid') },
  unavailable: { title: 'Backend unavailable', phase: 'failed', code: 'token_unavailable', press: true, token: rejects(503, 'gateway_unavailable') },
  network: { title: 'Connection lost', phase: 'failed', code: 'token_network', press: true, token: fails },
  broken: { title: 'Internal error of the backend', phase: 'failed', code: 'token_broken', press: true, token: rejects(500, 'internal') },
  'bad-answer': { title: 'Response without a token', phase: 'failed', code: 'token_bad_answer', press: true, token: responds({}) },
  'popup-threw': { title: 'snap.pay throws an error', phase: 'failed', code: 'popup_threw', press: true, popup: { type: 'throw', message: 'simulated by the playground' } },
  'server-key': { title: 'Server key instead of client key: fallback', fault: 'attribute_invalid', set: { 'client-key': 'SB-Mid-server-any' } },
  'no-environment': { title: 'Environment missing: fallback', fault: 'attribute_missing', set: { environment: null } },
  open: { title: 'Popup open', phase: 'open', press: true, popup: 'wait' },
};

const gallery = document.querySelector('[data-testid=gallery]');
const mock = createSnapMock();
mock.mock.install(window);
for (const area of [localStorage, sessionStorage]) {
  for (const key of Object.keys(area).filter((name) => name.startsWith('snap-checkout:'))) area.removeItem(key);
}
install(STATES);

function tile(name, state) {
  const box = Object.assign(document.createElement('section'), { className: 'tile' });
  const title = Object.assign(document.createElement('h2'), { textContent: state.title, id: `title-${name}` });
  const fact = Object.assign(document.createElement('p'), { className: 'fact', textContent: state.phase ?? state.fault });
  const element = document.createElement('snap-checkout');
  const attributes = {
    'client-key': 'SB-Mid-client-PLAYGROUND', environment: ENVIRONMENT, amount: '178000', language: 'en',
    'token-url': tokenUrl(name), 'order-key': `playground-${name}`, order: '{"items":[{"id":"kopi-gayo-250g","quantity":2}]}', ...state.set,
  };
  for (const [attribute, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(attribute, value);
  if (state.known) element.checkout = checkout(name);
  element.append(Object.assign(document.createElement('a'), { href: '/', textContent: 'Pay on the payment page' }));
  box.dataset.testid = `state-${name}`;
  box.setAttribute('aria-labelledby', title.id);
  box.append(title, element, fact);
  gallery.append(box);
  return { box, element, fact };
}

/** Resolves when the element reaches the state, or after 30 seconds. */
function waitForState(state, { box, element, fact }) {
  return new Promise((resolve) => {
    const isReached = () => (state.fault ? undefined : element.phase === state.phase && (element.code ?? undefined) === state.code);
    const end = (success) => {
      clearTimeout(timer);
      box.dataset.reached = success ? 'yes' : 'no';
      if (!success) fact.textContent = `${state.phase ?? state.fault} ${state.code ?? ''} expected, but the element is ${element.phase} ${element.code ?? ''}`;
      else fact.textContent = [state.phase, state.code ?? state.fault].filter(Boolean).join(' · ');
      resolve();
    };
    const timer = setTimeout(end, 30_000, false);
    element.addEventListener('snap-phase', () => isReached() && end(true));
    element.addEventListener('snap-fault', ({ detail }) => detail.code === state.fault && end(true));
    if (state.phase === 'idle') end(true);
  });
}

async function show() {
  const tiles = Object.entries(STATES).map(([name, state]) => [state, tile(name, state)]);
  const reached = tiles.map(([state, parts]) => waitForState(state, parts));
  // Elements load when the pointer comes near; the gallery loads them at once.
  for (const [state, { element }] of tiles) if (!state.press && state.phase !== 'idle') element.prepare().catch(() => {});
  for (const [at, [state, { element }]] of tiles.entries()) {
    if (!state.press) continue;
    if (state.popup) mock.mock.next(state.popup);
    element.pay().catch(() => {});
    if (state.popup) await reached[at];
  }
  await Promise.all(reached);
  // The pending states have moved the focus to their payment codes.
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  const reachedCount = tiles.filter(([, { box }]) => box.dataset.reached === 'yes').length;
  document.querySelector('[data-testid=reached]').textContent = `${reachedCount} of ${tiles.length} states reached`;
}

for (const select of document.querySelectorAll('[data-set]')) {
  select.addEventListener('change', () => {
    for (const element of gallery.querySelectorAll('snap-checkout')) element.setAttribute(select.dataset.set, select.value);
  });
}
show();
