// The shop's page without its program, or with one that dies: there is always a way to order and to pay, once.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { way } from '../lib/storefront-page.js';

const isProgram = (method, path) => path.endsWith('.wasm');
const FORM = 'form[action="/checkout"]';

/** Each answers what the customer sees, in a few words. */
export const CASES = {
  'the program cannot be had': (scene) => withoutProgram(scene, 'status 500'),
  'the program comes in half': (scene) => withoutProgram(scene, 'truncated'),
  'the program is something else': (scene) => withoutProgram(scene, 'wrong types'),
  'the program never comes': (scene) => withoutProgram(scene, 'hang'),
  async 'the browser has no WebAssembly'(scene) {
    await scene.begin({ wasm: 'missing' });
    return ordersByForm(scene);
  },
  async 'the program dies as it starts'(scene) {
    await scene.begin({ trap: 'start' });
    return ordersByForm(scene);
  },
  async 'the program dies while the cart is filled'(scene) {
    await scene.begin({ trap: 'later' });
    await scene.shop.fillCart();
    await diesOn(scene, '[data-testid=add]');
    return paysByForm(scene, 'the form, at once');
  },
  async 'the program dies in the middle of a payment'(scene) {
    await scene.begin({ trap: 'later' });
    await scene.shop.openPopup();
    await dies(scene, () => scene.payHere());
    assert.ok(!(await scene.browser.has(FORM)), 'a second order is offered');
    const link = await scene.browser.find('[data-testid=order-link]', true);
    assert.ok(link, 'no way to the order');
    scene.fronts.inside.settings = {};
    await scene.browser.clickOn(link);
    await scene.shop.orderShows('paid');
    await scene.holds(1, { paid: true });
    return 'the way to the order, at once; it is paid';
  },
  async 'a fresh start after it died'(scene) {
    await scene.begin({ trap: 'later' });
    await scene.shop.openPopup();
    await scene.closePopup();
    await scene.reach('closed');
    await diesOn(scene, way('pay'));
    scene.fronts.inside.settings = {};
    await scene.reload();
    await scene.reach('closed');
    await scene.press('pay');
    await scene.reach('open');
    await scene.payHere();
    await scene.reach('paid');
    await scene.holds(1, { paid: true });
    return 'the same payment goes on';
  },
};

async function withoutProgram(scene, fault) {
  await scene.begin();
  await scene.fronts.shop.strike(fault, isProgram);
  const said = await ordersByForm(scene);
  assert.ok(scene.fronts.shop.struck() > 0, 'the fault never struck');
  return said;
}

/** The form appears by the style sheet alone, after eight seconds; they are skipped where the browser can. */
async function ordersByForm(scene) {
  await scene.openWithoutWaiting('/');
  await until('the form', async () => {
    await scene.browser.run(() => { for (const one of document.getAnimations()) try { one.finish(); } catch { /* it has no end */ } });
    return Boolean(await scene.browser.find(FORM, true));
  });
  return paysByForm(scene, 'the form');
}

async function paysByForm(scene, said) {
  const { browser, fronts } = scene;
  const [item] = await scene.stage.items();
  await browser.fill(`${FORM} [name="quantity[${item.id}]"]`, '1');
  await browser.fill(`${FORM} [name=name]`, 'Sari Wulandari');
  await browser.click(`${FORM} button[type=submit]`);
  await until('hosted page', async () => (await browser.url()).startsWith(fronts.gateway.origin));
  await fronts.shop.clear();
  fronts.inside.settings = {};
  await new Popup(scene.shop, { hosted: true }).payByCard(CARDS.acceptedAtOnce);
  await scene.shop.orderShows('paid');
  await scene.holds(1, { paid: true });
  return `${said}, Midtrans' page, a paid order`;
}

/** The next call between the program and the page ends as a Rust panic ends it; the customer is told. */
async function dies(scene, act) {
  await scene.browser.top();
  await scene.browser.run(() => { window.faults.state.trap = true; });
  await act();
  await scene.browser.top();
  await scene.browser.element('.dead .plain');
}

/** The same on a click. In one turn: a pointer on its way would already end it, and what was to be clicked. */
async function diesOn(scene, selector) {
  await scene.browser.top();
  await scene.browser.run((selector) => {
    window.faults.state.trap = true;
    document.querySelector(selector).click();
  }, selector);
  await scene.browser.element('.dead .plain');
}
