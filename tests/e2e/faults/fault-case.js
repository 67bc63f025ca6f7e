// Runs one cell: reaches the step, applies the fault, checks the page state, recovers, and checks the gateway's records.
import assert from 'node:assert/strict';
import { until } from '../lib/process.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const STORAGE_FAULTS = {
  'storage full': { storage: 'full' },
  'storage forbidden': { storage: 'forbidden' },
};
const TIME_FAULTS = {
  'clock ahead': { set: DAY },
  'clock behind': { set: -DAY },
  'frozen': { suspend: true },
  'sleep': { suspend: true },
};

const isToken = (method, path) => method === 'POST' && path === '/api/orders';
const isOrderStatus = (method, path) => method === 'GET' && /^\/api\/orders\/[^/]+(\/events)?$/.test(path);
const isEvents = (method, path) => path.endsWith('/events');
const isScript = (method, path) => path === '/snap/snap.js';
const isPopup = (method, path) => path === '/snap/v4/popup';

/** Each step runs until the page shows the effect of the fault, and returns the observed page state. */
const STEPS = {
  async script(scene, { fault, state }) {
    await scene.storefront.fillCart();
    await applyDuring(scene, fault, scene.env.gateway, isScript, () => scene.clickAction('pay'));
    return scene.reach(state);
  },
  async token(scene, { fault, state }) {
    await scene.storefront.fillCart();
    const storage = fault.startsWith('storage');
    await applyDuring(scene, storage ? 'reset' : fault, scene.env.backend, isToken, () => scene.clickAction('pay'));
    return scene.reach(state);
  },
  async popup(scene, { fault, state }) {
    await scene.storefront.fillCart();
    const onNetwork = !TIME_FAULTS[fault] && !fault.startsWith('storage');
    if (fault === 'refused') await refuseFrame(scene);
    else if (onNetwork) await scene.env.gateway.setFault(fault, isPopup);
    await scene.clickAction('pay');
    const seen = await scene.reach('open');
    if (onNetwork) {
      await until(`request with the fault ${fault}`, () => scene.env.gateway.faultyRequestCount() > 0);
      // The driver cannot enter a frame before it is loaded.
      const loading = ['hang', 'drip', 'huge'].includes(fault);
      if (!loading) assert.ok(!(await scene.popupIsLoaded()), 'the popup loaded despite the fault');
    }
    await applyTimeFault(scene, fault);
    if (fault.startsWith('storage')) await scene.closePopup();
    return onNetwork || TIME_FAULTS[fault] ? seen : scene.reach(state);
  },
  async callback(scene, { fault, state }) {
    if (fault === 'false success') {
      await scene.storefront.openPopup();
      await scene.closePopup();
      return scene.reach(state);
    }
    await scene.storefront.openPopup();
    await applyTimeFault(scene, fault);
    await scene.payByCard();
    return scene.reach(state);
  },
  async confirm(scene, { fault, state }) {
    await scene.storefront.openPopup();
    await applyDuring(scene, fault, scene.env.backend, isOrderStatus, () => scene.payByCard());
    return scene.reach(state);
  },
  async events(scene, { fault, state }) {
    await scene.storefront.openPopup();
    const onStream = fault !== 'refused' && !TIME_FAULTS[fault] && !fault.startsWith('storage');
    if (onStream) await scene.env.backend.setFault(fault, isEvents);
    await scene.popup.startPending('bca_va');
    await scene.popup.finish();
    const seen = await scene.reach(state);
    if (onStream) await until(`request with the fault ${fault}`, () => scene.env.backend.faultyRequestCount() > 0);
    const id = await scene.storefront.orderId();
    const pay = () => scene.gateway.trigger('pay', id);
    if (fault === 'refused') await scene.env.backend.refuse();
    await applyTimeFault(scene, fault, pay);
    if (!TIME_FAULTS[fault]?.suspend) await pay();
    return seen;
  },
  async storage(scene, { fault, state }) {
    await scene.storefront.openPopup();
    if (fault.startsWith('storage')) {
      await scene.payByCard();
      return scene.reach(state);
    }
    await scene.closePopup();
    await scene.reach('closed');
    await corruptStorage(scene, fault);
    await scene.reload();
    const seen = await scene.reach(state);
    // The browser does not store the customer's details; without a stored order they are entered again.
    if (seen.state === 'idle') await scene.storefront.fillCustomer();
    return seen;
  },
};

/** The recoveries. After each of them the order is paid once. */
const RECOVERIES = {
  async automatic(scene, cell) {
    await endFaults(scene);
    if (cell.state === 'open') await scene.payByCard();
    await scene.reach('paid');
  },
  async retry(scene) {
    await endFaults(scene);
    await scene.clickAction('pay');
    await scene.reach('open');
    await scene.payByCard();
    await scene.reach('paid');
  },
  /** The fault persists. */
  hosted: (scene) => scene.payOnHostedPage(),
  /** The order is unpaid despite the reported success, until the customer pays. */
  async 'later payment'(scene) {
    const [{ order_id }] = await scene.gateway.control('GET', '/orders?prefix=');
    assert.notEqual((await scene.services.order(order_id)).status, 'paid');
    await scene.gateway.trigger('choose', order_id, { method: 'credit_card', number: '4411111111111118' });
    await scene.reach('paid');
  },
  async close(scene) {
    await scene.clickAction('close');
    await scene.reach('paid');
  },
  async reload(scene) {
    await endFaults(scene);
    await scene.reload();
    await scene.reach('closed');
    await RECOVERIES.retry(scene);
  },
};

/** Runs one cell and returns the observed page state; throws when a check fails. */
export async function runCell(scene, cell) {
  await scene.begin({ ...STORAGE_FAULTS[cell.fault], ...(cell.step === 'callback' && { callbacks: cell.fault }) });
  const seen = await STEPS[cell.step](scene, cell);
  assert.equal(seen.state, cell.state);
  // The customer always sees a message, and an action unless the order is paid or the popup is open.
  if (seen.state !== 'idle') assert.ok(seen.headline.length > 10, `the customer reads ${JSON.stringify(seen)}`);
  if (!['paid', 'open'].includes(seen.state)) assert.ok(seen.actions.length > 0, JSON.stringify(seen));
  if (cell.recovery === 'hosted') assert.ok(seen.actions.includes('hosted'), JSON.stringify(seen));
  await scene.assertRecords(cell.orders);
  await RECOVERIES[cell.recovery](scene, cell);
  await scene.assertRecords(cell.orders, { paid: true });
  return seen;
}

/** Applies the fault to the requests of `act`. A time fault occurs while the response is held. */
async function applyDuring(scene, fault, proxy, match, act) {
  const time = TIME_FAULTS[fault];
  if (!time && fault.startsWith('storage')) return act();
  if (time?.set) {
    await scene.instrument('setClock', time.set);
    return act();
  }
  await proxy.setFault(time ? 'hang' : fault, match);
  await act();
  await until(`request with the fault ${fault}`, () => proxy.faultyRequestCount() > 0);
  if (time) await applyTimeFault(scene, fault, () => proxy.clear({ deliver: fault === 'frozen' }), proxy);
}

/** Applies a fault of the clock, or suspends the page while `meanwhile` runs. */
async function applyTimeFault(scene, fault, meanwhile = () => {}, proxy = scene.env.backend) {
  const time = TIME_FAULTS[fault];
  if (!time) return;
  await scene.browser.top();
  if (time.set) return scene.instrument('setClock', time.set);
  if (fault === 'frozen') {
    await scene.freeze(true);
    await meanwhile();
    return scene.freeze(false);
  }
  proxy.dropConnections();
  await meanwhile();
  await scene.instrument('sleep', HOUR);
}

const endFaults = (scene) => Promise.all([scene.env.backend.clear(), scene.env.gateway.clear()]);

/** Loads the script on hover, waits until it requests its frame, then refuses all connections to the gateway. */
async function refuseFrame(scene) {
  const { gateway } = scene.env;
  await gateway.setFault('hang', isPopup);
  await scene.browser.run(() => document.querySelector('.snap-checkout').dispatchEvent(new PointerEvent('pointerenter')));
  await until('snap.js', () => scene.browser.run(() => typeof window.snap?.pay === 'function'));
  await until('request of the frame', () => gateway.faultyRequestCount() > 0);
  await gateway.refuse();
}

/** Corrupts the stored checkout, or shifts the clock of the next page. */
async function corruptStorage(scene, fault) {
  const { settings } = scene.env.instrumentation;
  const clockOffset = TIME_FAULTS[fault]?.set ?? (fault === 'sleep' ? HOUR : 0);
  if (clockOffset) {
    settings.clockOffset = clockOffset;
    return;
  }
  const corrupted = await scene.browser.run((fault) => {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith('snap-checkout') && !key.endsWith(':key'));
    for (const key of keys) {
      const text = localStorage.getItem(key);
      const swapped = Object.fromEntries(Object.entries(JSON.parse(text)).map(([name, value]) => [name, typeof value === 'string' ? 7 : 'x']));
      localStorage.setItem(key, { 'truncated': text.slice(0, text.length / 2), 'wrong types': JSON.stringify(swapped), 'huge': `{"junk":"${' '.repeat(1e6)}"}` }[fault]);
    }
    return keys.length;
  }, fault);
  assert.equal(corrupted, 1, 'stored checkouts');
}
