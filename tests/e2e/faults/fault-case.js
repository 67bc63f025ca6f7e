// One cell: the step is reached, the fault strikes, the customer sees something and goes on, and the books are right.
import assert from 'node:assert/strict';
import { until } from '../lib/process.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const FIRST_SETTINGS = {
  'storage full': { storage: 'full' },
  'storage forbidden': { storage: 'forbidden' },
};
const TIME = {
  'clock ahead': { set: DAY },
  'clock behind': { set: -DAY },
  'frozen': { away: 'frozen' },
  'sleep': { away: 'sleep' },
};

const isToken = (method, path) => method === 'POST' && path === '/api/orders';
const isWord = (method, path) => method === 'GET' && /^\/api\/orders\/[^/]+(\/events)?$/.test(path);
const isEvents = (method, path) => path.endsWith('/events');
const isScript = (method, path) => path === '/snap/snap.js';
const isPopup = (method, path) => path === '/snap/v4/popup';

/** What each step does until the fault can be seen. They answer what the customer sees then. */
const STEPS = {
  async script(scene, { fault, sees }) {
    await scene.shop.fillCart();
    await meeting(scene, fault, scene.fronts.gateway, isScript, () => scene.press('pay'));
    return scene.reach(state(sees));
  },
  async token(scene, { fault, sees }) {
    await scene.shop.fillCart();
    const storage = fault.startsWith('storage');
    await meeting(scene, storage ? 'reset' : fault, scene.fronts.shop, isToken, () => scene.press('pay'));
    return scene.reach(state(sees));
  },
  async popup(scene, { fault, sees }) {
    await scene.shop.fillCart();
    const spoiled = !TIME[fault] && !fault.startsWith('storage');
    if (fault === 'refused') await refuseFrame(scene);
    else if (spoiled) await scene.fronts.gateway.strike(fault, isPopup);
    await scene.press('pay');
    const seen = await scene.reach('open');
    if (spoiled) {
      await until(`${fault} that strikes`, () => scene.fronts.gateway.struck() > 0);
      // A driver that is to look into a frame waits until it is there.
      const awaited = ['hang', 'drip', 'huge'].includes(fault);
      if (!awaited) assert.ok(!(await scene.popupIsAlive()), 'the popup came all the same');
    }
    await away(scene, fault);
    if (fault.startsWith('storage')) await scene.closePopup();
    return spoiled || TIME[fault] ? seen : scene.reach(state(sees));
  },
  async callback(scene, { fault, sees }) {
    if (fault === 'lie') {
      await scene.shop.openPopup();
      await scene.closePopup();
      return scene.reach(state(sees));
    }
    await scene.shop.openPopup();
    await away(scene, fault);
    await scene.payHere();
    return scene.reach(state(sees));
  },
  async confirm(scene, { fault, sees }) {
    await scene.shop.openPopup();
    await meeting(scene, fault, scene.fronts.shop, isWord, () => scene.payHere());
    return scene.reach(state(sees));
  },
  async events(scene, { fault, sees }) {
    await scene.shop.openPopup();
    const spoiled = fault !== 'refused' && !TIME[fault] && !fault.startsWith('storage');
    if (spoiled) await scene.fronts.shop.strike(fault, isEvents);
    await scene.popup.start('bca_va');
    await scene.popup.finish();
    const seen = await scene.reach(state(sees));
    if (spoiled) await until(`${fault} that strikes`, () => scene.fronts.shop.struck() > 0);
    const id = await scene.shop.orderId();
    const pays = () => scene.gateway.happen('pay', id);
    if (fault === 'refused') await scene.fronts.shop.refuse();
    await away(scene, fault, pays);
    if (!TIME[fault]?.away) await pays();
    return seen;
  },
  async storage(scene, { fault, sees }) {
    await scene.shop.openPopup();
    if (fault.startsWith('storage')) {
      await scene.payHere();
      return scene.reach(state(sees));
    }
    await scene.closePopup();
    await scene.reach('closed');
    await spoilMemory(scene, fault);
    await scene.reload();
    const seen = await scene.reach(state(sees));
    // A browser keeps nothing of who buys: where the order is not known it is typed once more, as it was.
    if (seen.state === 'idle') await scene.shop.introduce();
    return seen;
  },
};

/** The ways on. After each of them the order is paid, once. */
const WAYS = {
  async 'by itself'(scene, cell) {
    await well(scene);
    if (cell.sees === 'open') await scene.payHere();
    await scene.reach('paid');
  },
  async retry(scene) {
    await well(scene);
    await scene.press('pay');
    await scene.reach('open');
    await scene.payHere();
    await scene.reach('paid');
  },
  /** The fault is still there. */
  hosted: (scene) => scene.payOnHostedPage(),
  /** Nothing was paid, whatever was said, until it is. */
  async 'paying after all'(scene) {
    const [{ order_id }] = await scene.gateway.control('GET', '/orders?prefix=');
    assert.notEqual((await scene.stage.order(order_id)).status, 'paid');
    await scene.gateway.happen('choose', order_id, { method: 'credit_card', number: '4411111111111118' });
    await scene.reach('paid');
  },
  async close(scene) {
    await scene.press('close');
    await scene.reach('paid');
  },
  async reload(scene) {
    await well(scene);
    await scene.reload();
    await scene.reach('closed');
    await WAYS.retry(scene);
  },
};

/** Plays one cell; throws where anything is not as it must be. Answers what the customer saw. */
export async function play(scene, cell) {
  await scene.begin({ ...FIRST_SETTINGS[cell.fault], ...(cell.step === 'callback' && { callbacks: cell.fault }) });
  const seen = await STEPS[cell.step](scene, cell);
  assert.equal(seen.state, state(cell.sees));
  // Nobody is left without a word; where it failed there is a way on.
  if (seen.state !== 'idle') assert.ok(seen.says.length > 10, `the customer reads ${JSON.stringify(seen)}`);
  if (!['paid', 'open'].includes(seen.state)) assert.ok(seen.ways.length > 0, JSON.stringify(seen));
  if (cell.on === 'hosted') assert.ok(seen.ways.includes('hosted'), JSON.stringify(seen));
  await scene.holds(cell.orders);
  await WAYS[cell.on](scene, cell);
  await scene.holds(cell.orders, { paid: true });
  return seen;
}

const state = (sees) => sees;

/** The fault meets what `act` makes happen; a fault of time comes while the answer is held. */
async function meeting(scene, fault, proxy, match, act) {
  const time = TIME[fault];
  if (!time && fault.startsWith('storage')) return act();
  if (time?.set) {
    await scene.inside('setClock', time.set);
    return act();
  }
  await proxy.strike(time ? 'hang' : fault, match);
  await act();
  await until(`${fault} that strikes`, () => proxy.struck() > 0);
  if (time) await away(scene, fault, () => proxy.clear({ deliver: fault === 'frozen' }), proxy);
}

/** The page is away, and `meanwhile` happens. */
async function away(scene, fault, meanwhile = () => {}, front = scene.fronts.shop) {
  const time = TIME[fault];
  if (!time) return;
  await scene.browser.top();
  if (time.set) return scene.inside('setClock', time.set);
  if (fault === 'frozen') {
    await scene.freeze(true);
    await meanwhile();
    return scene.freeze(false);
  }
  front.drop();
  await meanwhile();
  await scene.inside('sleep', HOUR);
}

const well = (scene) => Promise.all([scene.fronts.shop.clear(), scene.fronts.gateway.clear()]);

/** The script is there, as when the pointer came near; its frame is asked for, and then nobody listens. */
async function refuseFrame(scene) {
  const { gateway } = scene.fronts;
  await gateway.strike('hang', isPopup);
  await scene.browser.run(() => document.querySelector('.snap-checkout').dispatchEvent(new PointerEvent('pointerenter')));
  await until('snap.js', () => scene.browser.run(() => typeof window.snap?.pay === 'function'));
  await until('frame that is asked for', () => gateway.struck() > 0);
  await gateway.refuse();
}

/** What is kept of the checkout, spoiled; or the clock of the next page is another one. */
async function spoilMemory(scene, fault) {
  const { settings } = scene.fronts.inside;
  const wall = TIME[fault]?.set ?? (fault === 'sleep' ? HOUR : 0);
  if (wall) {
    settings.wall = wall;
    return;
  }
  const spoiled = await scene.browser.run((fault) => {
    const kept = Object.keys(localStorage).filter((key) => key.startsWith('snap-checkout') && !key.endsWith(':key'));
    for (const key of kept) {
      const text = localStorage.getItem(key);
      const swapped = Object.fromEntries(Object.entries(JSON.parse(text)).map(([name, one]) => [name, typeof one === 'string' ? 7 : 'x']));
      localStorage.setItem(key, { 'truncated': text.slice(0, text.length / 2), 'wrong types': JSON.stringify(swapped), 'huge': `{"junk":"${' '.repeat(1e6)}"}` }[fault]);
    }
    return kept.length;
  }, fault);
  assert.equal(spoiled, 1, 'one checkout was kept');
}
