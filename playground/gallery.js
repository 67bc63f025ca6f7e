// Every state of the element side by side: real elements before a mock of window.snap and a shop made up here.
// A page has one popup, so those states that need one are reached one after the other; the last one keeps it.
import '/element/script.js';
import { createSnapMock } from '/element/mock.js';
import { ENVIRONMENT, answers, breaks, checkout, hangs, open, order, refuses, tokenUrl } from './mock-backend.js';

const soon = () => new Date(Date.now() + 45 * 60_000).toISOString();
const pays = (status, payment, more) => ({ order: () => order('', { status, payment, ...more }) });
const waits = (payment) => ({ phase: 'pending', known: true, ...pays('pending', { expires_at: soon(), ...payment }) });

/**
 * What is to be reached (`phase`, `code`), and how: `press` pays; `known` has an order already; `popup` is what
 * the mock does; `token` and `order` are what the shop says; `set` are further attributes.
 */
const STATES = {
  idle: { title: 'Nobody pressed yet', phase: 'idle' },
  disabled: { title: 'Not to be pressed yet', phase: 'idle', set: { disabled: '' } },
  'no-amount': { title: 'Without an amount', phase: 'idle', set: { amount: null } },
  preparing: { title: 'The token is awaited', phase: 'preparing', press: true, token: hangs },
  closed: { title: 'The popup was closed', phase: 'closed', press: true, popup: 'close' },
  confirming: { title: 'The bank\'s word is awaited', phase: 'confirming', press: true, popup: 'success' },
  reported: { title: 'Sent; this shop cannot say more', phase: 'reported', press: true, popup: 'success', token: answers({ token: 'playground-reported' }) },
  'virtual-account': { title: 'A virtual account', ...waits({ payment_type: 'bank_transfer', provider: 'bca', code: '70012906793' }) },
  bill: { title: 'A Mandiri bill', ...waits({ payment_type: 'echannel', provider: 'mandiri', biller_code: '70012', code: '990000000260' }) },
  counter: { title: 'A payment code', ...waits({ payment_type: 'cstore', provider: 'indomaret', code: '10012906793' }) },
  review: { title: 'Looked at by the bank', phase: 'pending', known: true, ...pays('review') },
  paid: { title: 'Paid', phase: 'paid', known: true, ...pays('paid') },
  'partly-refunded': { title: 'Paid, some of it given back', phase: 'paid', known: true, ...pays('partially_refunded', undefined, { refunded_amount: 89_000 }) },
  expired: { title: 'Not paid in time', phase: 'ended', known: true, ...pays('expired') },
  cancelled: { title: 'Cancelled', phase: 'ended', known: true, ...pays('cancelled') },
  refunded: { title: 'Given back', phase: 'ended', known: true, ...pays('refunded') },
  'charged-back': { title: 'Taken back by the card holder', phase: 'ended', known: true, ...pays('charged_back') },
  declined: { title: 'The bank declined', phase: 'failed', code: 'payment_declined', press: true, popup: 'error', ...pays('denied') },
  refused: { title: 'The shop refuses the order', phase: 'failed', code: 'token_refused', press: true, token: refuses(422, 'unknown_item') },
  'paying-already': { title: 'Paid already, elsewhere', phase: 'failed', code: 'order_already_paying', press: true, token: refuses(409, 'order_paid') },
  unavailable: { title: 'The shop is down', phase: 'failed', code: 'token_unavailable', press: true, token: refuses(503, 'gateway_unavailable') },
  network: { title: 'The connection breaks', phase: 'failed', code: 'token_network', press: true, token: breaks },
  broken: { title: 'A bug of the shop', phase: 'failed', code: 'token_broken', press: true, token: refuses(500, 'internal') },
  'bad-answer': { title: 'An answer without a token', phase: 'failed', code: 'token_bad_answer', press: true, token: answers({}) },
  'popup-threw': { title: 'snap.pay throws', phase: 'failed', code: 'popup_threw', press: true, popup: { type: 'throw', message: 'made up in this page' } },
  'server-key': { title: 'A server key by mistake: the page\'s own way', fault: 'attribute_invalid', set: { 'client-key': 'SB-Mid-server-any' } },
  'no-environment': { title: 'No environment: the page\'s own way', fault: 'attribute_missing', set: { environment: null } },
  open: { title: 'The popup is open', phase: 'open', press: true, popup: 'wait' },
};

const gallery = document.querySelector('[data-testid=gallery]');
const mock = createSnapMock();
mock.mock.install(window);
for (const area of [localStorage, sessionStorage]) {
  for (const key of Object.keys(area).filter((name) => name.startsWith('snap-checkout:'))) area.removeItem(key);
}
open(STATES);

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

/** Resolves when a state is reached, or has plainly gone elsewhere for long. */
function reached(state, { box, element, fact }) {
  return new Promise((resolve) => {
    const here = () => (state.fault ? undefined : element.phase === state.phase && (element.code ?? undefined) === state.code);
    const end = (well) => {
      clearTimeout(timer);
      box.dataset.reached = well ? 'yes' : 'no';
      if (!well) fact.textContent = `${state.phase ?? state.fault} ${state.code ?? ''}, but it is ${element.phase} ${element.code ?? ''}`;
      else fact.textContent = [state.phase, state.code ?? state.fault].filter(Boolean).join(' · ');
      resolve();
    };
    const timer = setTimeout(end, 30_000, false);
    element.addEventListener('snap-phase', () => here() && end(true));
    element.addEventListener('snap-fault', ({ detail }) => detail.code === state.fault && end(true));
    if (state.phase === 'idle') end(true);
  });
}

async function show() {
  const tiles = Object.entries(STATES).map(([name, state]) => [state, tile(name, state)]);
  const told = tiles.map(([state, made]) => reached(state, made));
  // Nobody has to come near: a gallery shows what it has.
  for (const [state, { element }] of tiles) if (!state.press && state.phase !== 'idle') element.prepare().catch(() => {});
  for (const [at, [state, { element }]] of tiles.entries()) {
    if (!state.press) continue;
    if (state.popup) mock.mock.next(state.popup);
    element.pay().catch(() => {});
    if (state.popup) await told[at];
  }
  await Promise.all(told);
  // The ones that wait for money moved the focus to what is to be paid.
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  const well = tiles.filter(([, { box }]) => box.dataset.reached === 'yes').length;
  document.querySelector('[data-testid=reached]').textContent = `${well} of ${tiles.length} states reached`;
}

for (const select of document.querySelectorAll('[data-set]')) {
  select.addEventListener('change', () => {
    for (const element of gallery.querySelectorAll('snap-checkout')) element.setAttribute(select.dataset.set, select.value);
  });
}
show();
