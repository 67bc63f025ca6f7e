// The real element with the backend that serves this page: all attributes and events and, with the local gateway, its
// faults.
import '/element/script.js';
import { attributesOf, createFields, markup } from './attribute-form.js';
import { ACTIONS, FAULTS, Gateway, TIMES } from './gateway-control.js';

const byTestId = (id) => document.querySelector(`[data-testid=${id}]`);
const EVENTS = ['phase', 'paid', 'success', 'pending', 'error', 'close', 'progress', 'fault'].map((name) => `snap-${name}`);
const form = byTestId('attributes');
const log = byTestId('log');
let element;
let order;
/** A new key for each visit, so the page never continues an earlier order. `randomUUID` would need https on a phone. */
const orderKey = () => `playground-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

function createButton(text, onClick) {
  const button = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
  button.addEventListener('click', () => Promise.resolve(onClick()).catch((error) => addToLog('refused', `${text}: ${error.message}`)));
  return button;
}

function addToLog(kind, text) {
  const line = document.createElement('li');
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString('en-GB', { hour12: false });
  line.dataset.kind = kind;
  line.append(time, ` ${kind} ${text}`);
  log.prepend(line);
  while (log.childElementCount > 200) log.lastElementChild.remove();
}

function onEvent(event) {
  const { detail } = event;
  addToLog(event.type, JSON.stringify(detail));
  if (detail?.order?.order_id) setOrder(detail.order.order_id);
  if (event.type === 'snap-phase') {
    byTestId('phase').textContent = detail.phase;
    byTestId('code').textContent = String(detail.code);
  }
}

function setOrder(id) {
  order = id;
  byTestId('order').textContent = id;
}

/** Replaces the element by a new one with the attributes of the form. */
function createElement() {
  element?.remove();
  element = document.createElement('snap-checkout');
  for (const [name, value] of Object.entries(attributesOf(form))) element.setAttribute(name, value);
  const link = Object.assign(document.createElement('a'), { href: '/', textContent: 'Pay on the payment page' });
  element.append(link);
  for (const name of EVENTS) element.addEventListener(name, onEvent);
  byTestId('phase').textContent = 'idle';
  byTestId('code').textContent = 'null';
  byTestId('stage').replaceChildren(element);
  byTestId('markup').textContent = markup(attributesOf(form));
}

function onAttributeChange(name) {
  const values = attributesOf(form);
  if (name in values) element.setAttribute(name, values[name]); else element.removeAttribute(name);
  byTestId('markup').textContent = markup(values);
}

/** Reads the order id from the page's token responses, so the action buttons know the latest order. */
function watchOrders() {
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const response = await realFetch(...args);
    const { pathname } = new URL(args[0].url ?? args[0], location.href);
    if (response.ok && /^\/api\/orders(\/\w+\/token)?$/.test(pathname)) response.clone().json().then((checkout) => setOrder(checkout.order_id), () => {});
    return response;
  };
}

async function showPlannedFaults(gateway) {
  const faults = await gateway.control('GET', 'faults');
  const names = faults.map(({ target, fault }) => `${target} ${fault}`);
  byTestId('planned').textContent = names.length ? `Planned: ${names.join(', ')}` : 'No faults planned.';
}

function showGatewayControls(origin) {
  const gateway = new Gateway(origin);
  const plan = async (fault) => {
    await gateway.control('POST', 'faults', fault);
    await showPlannedFaults(gateway);
  };
  for (const [part, faults] of Object.entries(FAULTS)) {
    const group = Object.assign(document.createElement('div'), { className: 'faults' });
    const title = Object.assign(document.createElement('h3'), { textContent: part });
    const bar = Object.assign(document.createElement('div'), { className: 'bar' });
    bar.append(...Object.entries(faults).map(([name, fault]) => createButton(name, () => plan(fault))));
    group.append(title, bar);
    byTestId('faults').append(group);
  }
  byTestId('well').replaceWith(Object.assign(createButton('Clear all faults', async () => {
    await gateway.control('DELETE', 'faults');
    await showPlannedFaults(gateway);
  }), { className: 'main' }));
  const actions = ACTIONS.map(([name, path, more]) => createButton(name, async () => {
    if (!order) throw new Error('no order yet');
    await gateway.control('POST', path, { order_id: await gateway.latest(order), ...more });
  }));
  const times = TIMES.map(([name, advance_seconds]) => createButton(name, () => gateway.control('POST', 'clock', { advance_seconds })));
  byTestId('others').append(...actions, ...times);
  byTestId('simulator').href = `${origin}/simulator`;
  byTestId('gateway').hidden = false;
  return showPlannedFaults(gateway);
}

async function start() {
  const response = await fetch('/api/shop');
  if (!response.ok) throw new Error(`/api/shop returned ${response.status}`);
  const shop = await response.json();
  const [item] = shop.items;
  const values = {
    'client-key': shop.client_key,
    environment: shop.gateway_origin ?? shop.environment,
    'token-url': '/api/orders',
    amount: String(item.price),
    language: 'en',
    order: JSON.stringify({ items: [{ id: item.id, quantity: 1 }] }),
    'order-key': orderKey(),
  };
  createFields(form, onAttributeChange);
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  watchOrders();
  createElement();
  if (shop.gateway_origin) {
    byTestId('where').textContent = 'Connected to the local gateway. No real money moves, and you can simulate faults.';
    await showGatewayControls(shop.gateway_origin).catch((error) => {
      byTestId('planned').textContent = `The gateway's control API is not available to this page: ${error.message}. Start the gateway with FAKE_MIDTRANS_CONTROL_ORIGIN=${location.origin}, as scripts/start does.`;
    });
  } else if (shop.environment === 'production') {
    byTestId('where').textContent = 'Connected to Midtrans production. Payments move real money.';
  } else {
    byTestId('where').textContent = 'Connected to the Midtrans sandbox. No real money moves. Only the local gateway can simulate faults.';
  }
}

for (const button of document.querySelectorAll('[data-call]')) {
  button.addEventListener('click', async () => {
    const name = button.dataset.call;
    try { await element[name](); addToLog('called', `${name}()`); } catch (error) { addToLog('refused', `${name}(): ${error.message ?? error}`); }
  });
}
byTestId('anew').addEventListener('click', () => {
  form.elements['order-key'].value = orderKey();
  createElement();
});
byTestId('phone').addEventListener('change', ({ target }) => byTestId('stage').classList.toggle('phone', target.checked));
byTestId('clear').addEventListener('click', () => log.replaceChildren());
byTestId('copy').addEventListener('click', () => navigator.clipboard.writeText(byTestId('markup').textContent).then(() => addToLog('copied', 'the markup'), (error) => addToLog('refused', error.message)));
start().catch((error) => { byTestId('where').textContent = `Cannot reach the backend: ${error.message}`; });
