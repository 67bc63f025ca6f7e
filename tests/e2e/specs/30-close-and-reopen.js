import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { actionButton } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('a closed popup reopens with the same token', async ({ storefront, gateway, browser }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  const token = await popup.token();
  await popup.close();

  await storefront.waitForPhase('closed');
  assert.equal(tokenIn(await browser.attribute(actionButton('hosted'), 'href')), token);

  await storefront.pay();
  assert.equal(await popup.token(), token);
  assert.equal(await gateway.tokensCreated(), 1);
  await popup.payByCard(CARDS.accepted);
  await storefront.waitUntilPaid();
});

spec('the popup opens by keyboard, and closing it returns the focus to the button', async ({ storefront, browser }) => {
  await storefront.fillCart();
  for (let tabs = 0; !(await hasFocus(browser, actionButton('pay'))); tabs += 1) {
    assert.ok(tabs < 40, 'Tab did not reach the pay button');
    await browser.press('Tab');
  }
  await browser.press('Enter');
  await storefront.waitForPhase('open');
  await new Popup(storefront).close();
  await storefront.waitForPhase('closed');
  let focused;
  await until(() => `focus on the pay button; it is on ${focused}`, async () => {
    focused = await browser.run(() => document.activeElement.outerHTML.slice(0, 120));
    return hasFocus(browser, actionButton('pay'));
  });
});

spec('a duplicate callback and a late onClose change nothing', async ({ storefront, gateway, browser }) => {
  await gateway.planFault({ target: 'callback', fault: 'double_callback' });
  await gateway.planFault({ target: 'callback', fault: 'close_after_result' });
  await storefront.openPopup();
  await new Popup(storefront).payByCard(CARDS.accepted);
  const id = await storefront.waitUntilPaid();
  assert.deepEqual(await gateway.plannedFaults(), [], 'planned faults that did not occur');
  assert.equal(await storefront.currentPhase(), 'paid');
  await browser.click('[data-testid=order-link]');
  await storefront.waitForOrderStatus('paid');
  assert.ok((await browser.url()).includes(id));
});

const tokenIn = (url) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(url)?.[0];
const hasFocus = (browser, selector) => browser.run((s) => document.activeElement === document.querySelector(s), selector);
