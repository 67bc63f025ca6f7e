// The real element against the shop that serves this page: every attribute, every event, and, where the gateway is
// the local one, everything that can go wrong.
import '/element/script.js';
import { fields, markup, wanted } from './attribute-form.js';
import { FAULTS, Gateway, OTHERS, TIMES } from './gateway-control.js';

const find = (id) => document.querySelector(`[data-testid=${id}]`);
const EVENTS = ['phase', 'paid', 'success', 'pending', 'error', 'close', 'progress', 'fault'].map((name) => `snap-${name}`);
const form = find('attributes');
const log = find('log');
let element;
let order;
/** An order of its own, whatever was left unfinished here before. Not randomUUID: that needs https on a phone. */
const orderKey = () => `playground-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

function button(text, press) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text });
  made.addEventListener('click', () => Promise.resolve(press()).catch((error) => say('refused', `${text}: ${error.message}`)));
  return made;
}

function say(kind, text) {
  const line = document.createElement('li');
  const time = document.createElement('time');
  time.textContent = new Date().toLocaleTimeString('en-GB', { hour12: false });
  line.dataset.kind = kind;
  line.append(time, ` ${kind} ${text}`);
  log.prepend(line);
  while (log.childElementCount > 200) log.lastElementChild.remove();
}

function heard(event) {
  const { detail } = event;
  say(event.type, JSON.stringify(detail));
  if (detail?.order?.order_id) knows(detail.order.order_id);
  if (event.type === 'snap-phase') {
    find('phase').textContent = detail.phase;
    find('code').textContent = String(detail.code);
  }
}

function knows(id) {
  order = id;
  find('order').textContent = id;
}

/** A new element with what the form says. */
function anew() {
  element?.remove();
  element = document.createElement('snap-checkout');
  for (const [name, value] of Object.entries(wanted(form))) element.setAttribute(name, value);
  const link = Object.assign(document.createElement('a'), { href: '/', textContent: 'Pay on the payment page' });
  element.append(link);
  for (const name of EVENTS) element.addEventListener(name, heard);
  find('phase').textContent = 'idle';
  find('code').textContent = 'null';
  find('stage').replaceChildren(element);
  find('markup').textContent = markup(wanted(form));
}

function changed(name) {
  const values = wanted(form);
  if (name in values) element.setAttribute(name, values[name]); else element.removeAttribute(name);
  find('markup').textContent = markup(values);
}

/** The page sees its own token answers go by: which order the buttons mean. */
function watchOrders() {
  const send = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    const answer = await send(...asked);
    const { pathname } = new URL(asked[0].url ?? asked[0], location.href);
    if (answer.ok && /^\/api\/orders(\/\w+\/token)?$/.test(pathname)) answer.clone().json().then((made) => knows(made.order_id), () => {});
    return answer;
  };
}

async function planned(gateway) {
  const faults = await gateway.control('GET', 'faults');
  const names = faults.map(({ target, fault }) => `${target} ${fault}`);
  find('planned').textContent = names.length ? `Waiting: ${names.join(', ')}` : 'Nothing is wrong.';
}

function local(origin) {
  const gateway = new Gateway(origin);
  const plan = async (fault) => {
    await gateway.control('POST', 'faults', fault);
    await planned(gateway);
  };
  for (const [part, faults] of Object.entries(FAULTS)) {
    const group = Object.assign(document.createElement('div'), { className: 'faults' });
    const title = Object.assign(document.createElement('h3'), { textContent: part });
    const bar = Object.assign(document.createElement('div'), { className: 'bar' });
    bar.append(...Object.entries(faults).map(([name, fault]) => button(name, () => plan(fault))));
    group.append(title, bar);
    find('faults').append(group);
  }
  find('well').replaceWith(Object.assign(button('All well again', async () => {
    await gateway.control('DELETE', 'faults');
    await planned(gateway);
  }), { className: 'main' }));
  const others = OTHERS.map(([name, path, more]) => button(name, async () => {
    if (!order) throw new Error('this page has no order yet');
    await gateway.control('POST', path, { order_id: await gateway.latest(order), ...more });
  }));
  const times = TIMES.map(([name, advance_seconds]) => button(name, () => gateway.control('POST', 'clock', { advance_seconds })));
  find('others').append(...others, ...times);
  find('simulator').href = `${origin}/simulator`;
  find('gateway').hidden = false;
  return planned(gateway);
}

async function begin() {
  const answer = await fetch('/api/shop');
  if (!answer.ok) throw new Error(`/api/shop answers ${answer.status}`);
  const shop = await answer.json();
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
  fields(form, changed);
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  watchOrders();
  anew();
  if (shop.gateway_origin) {
    find('where').textContent = 'The gateway is a stand-in on this machine: no real money moves, and it can be told to go wrong.';
    await local(shop.gateway_origin).catch((error) => {
      find('planned').textContent = `The gateway's control API does not let this page in: ${error.message}. Set FAKE_MIDTRANS_CONTROL_ORIGIN=${location.origin} for it; scripts/start does.`;
    });
  } else if (shop.environment === 'production') {
    find('where').textContent = 'The gateway is Midtrans, and it is production: real money moves.';
  } else {
    find('where').textContent = 'The gateway is Midtrans\' sandbox: no real money moves. Faults can be made with the local gateway only.';
  }
}

for (const made of document.querySelectorAll('[data-call]')) {
  made.addEventListener('click', async () => {
    const name = made.dataset.call;
    try { await element[name](); say('called', `${name}()`); } catch (error) { say('refused', `${name}(): ${error.message ?? error}`); }
  });
}
find('anew').addEventListener('click', () => {
  form.elements['order-key'].value = orderKey();
  anew();
});
find('phone').addEventListener('change', ({ target }) => find('stage').classList.toggle('phone', target.checked));
find('clear').addEventListener('click', () => log.replaceChildren());
find('copy').addEventListener('click', () => navigator.clipboard.writeText(find('markup').textContent).then(() => say('copied', 'the markup'), (error) => say('refused', error.message)));
begin().catch((error) => { find('where').textContent = `The shop cannot be asked: ${error.message}`; });
