// Tests of the storefront when wasm does not load, or traps: the customer can always order and pay once.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { actionButton } from '../lib/storefront-page.js';

const isWasm = (method, path) => path.endsWith('.wasm');
const FORM = 'form[action="/checkout"]';

/** Each case returns the observed result for the table in docs/reliability.md. */
export const WASM_CASES = {
  'the wasm file returns an error': (scene) => withoutWasm(scene, 'status 500'),
  'the wasm file is truncated': (scene) => withoutWasm(scene, 'truncated'),
  'the wasm file is not wasm': (scene) => withoutWasm(scene, 'wrong types'),
  'the wasm request hangs': (scene) => withoutWasm(scene, 'hang'),
  async 'the browser has no WebAssembly'(scene) {
    await scene.begin({ wasm: 'missing' });
    return orderByForm(scene);
  },
  async 'wasm traps at start'(scene) {
    await scene.begin({ trap: 'start' });
    return orderByForm(scene);
  },
  async 'wasm traps while the customer fills the cart'(scene) {
    await scene.begin({ trap: 'later' });
    await scene.storefront.fillCart();
    await trapOnClick(scene, '[data-testid=add]');
    return payByForm(scene, 'the form appears at once and leads');
  },
  async 'wasm traps during a payment'(scene) {
    await scene.begin({ trap: 'later' });
    await scene.storefront.openPopup();
    await trapDuring(scene, () => scene.payByCard());
    assert.ok(!(await scene.browser.has(FORM)), 'the page offers a second order');
    const link = await scene.browser.element('[data-testid=order-link]');
    scene.env.instrumentation.settings = {};
    await scene.browser.clickOn(link);
    await scene.storefront.waitForOrderStatus('paid');
    await scene.assertRecords(1, { paid: true });
    return 'a link to the order appears at once; the order is paid';
  },
  async 'a reload after a trap'(scene) {
    await scene.begin({ trap: 'later' });
    await scene.storefront.openPopup();
    await scene.closePopup();
    await scene.reach('closed');
    await trapOnClick(scene, actionButton('pay'));
    scene.env.instrumentation.settings = {};
    await scene.reload();
    await scene.reach('closed');
    await scene.clickAction('pay');
    await scene.reach('open');
    await scene.payByCard();
    await scene.reach('paid');
    await scene.assertRecords(1, { paid: true });
    return 'the same payment continues';
  },
};

async function withoutWasm(scene, fault) {
  await scene.begin();
  await scene.env.backend.setFault(fault, isWasm);
  const result = await orderByForm(scene);
  assert.ok(scene.env.backend.faultyRequestCount() > 0, 'the fault did not occur');
  return result;
}

/** The style sheet alone shows the form after eight seconds. The test finishes the animation instead of waiting. */
async function orderByForm(scene) {
  await scene.openWithoutWaiting('/');
  await until('the form', async () => {
    await scene.browser.run(() => { for (const animation of document.getAnimations()) try { animation.finish(); } catch { /* infinite */ } });
    return Boolean(await scene.browser.find(FORM, true));
  });
  return payByForm(scene, 'the form leads');
}

async function payByForm(scene, result) {
  const { browser, env } = scene;
  const [item] = await scene.services.items();
  await browser.fill(`${FORM} [name="quantity[${item.id}]"]`, '1');
  await browser.fill(`${FORM} [name=name]`, 'Sari Wulandari');
  await browser.click(`${FORM} button[type=submit]`);
  await until('hosted page', async () => (await browser.url()).startsWith(env.gateway.origin));
  await env.backend.clear();
  env.instrumentation.settings = {};
  await new Popup(scene.storefront, { hosted: true }).payByCard(CARDS.acceptedWithoutOtp);
  await scene.storefront.waitForOrderStatus('paid');
  await scene.assertRecords(1, { paid: true });
  return `${result} to Midtrans' page and a paid order`;
}

/** Runs `act` with the trap set: the next call from wasm to the page throws, and the page shows the failure. */
async function trapDuring(scene, act) {
  await scene.browser.top();
  await scene.browser.run(() => { window.faults.state.trap = true; });
  await act();
  await scene.browser.top();
  await scene.browser.element('.dead .plain');
}

/** Sets the trap and clicks in one task. A real pointer would trigger the trap on hover, before the click. */
async function trapOnClick(scene, selector) {
  await scene.browser.top();
  await scene.browser.run((selector) => {
    window.faults.state.trap = true;
    document.querySelector(selector).click();
  }, selector);
  await scene.browser.element('.dead .plain');
}
