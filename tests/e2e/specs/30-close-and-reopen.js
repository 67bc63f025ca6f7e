import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { way } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('a closed popup opens again with the same token', async ({ shop, gateway, browser }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  const token = await popup.token();
  await popup.close();

  await shop.phase('closed');
  assert.equal(tokenIn(await browser.attribute(way('hosted'), 'href')), token);

  await shop.pay();
  assert.equal(await popup.token(), token);
  assert.equal(await gateway.tokensMade(), 1);
  await popup.payByCard(CARDS.accepted);
  await shop.isPaid();
});

spec('the keyboard alone opens the popup, and closing it gives the focus back to the button', async ({ shop, browser }) => {
  await shop.fillCart();
  for (let tabs = 0; !(await hasFocus(browser, way('pay'))); tabs += 1) {
    assert.ok(tabs < 40, 'Tab never reached the pay button');
    await browser.press('Tab');
  }
  await browser.press('Enter');
  await shop.phase('open');
  await new Popup(shop).close();
  await shop.phase('closed');
  assert.ok(await hasFocus(browser, way('pay')), `focus is on ${await browser.run(() => document.activeElement.outerHTML.slice(0, 120))}`);
});

spec('two results and a late close change nothing', async ({ shop, gateway, browser }) => {
  await gateway.fault({ target: 'callback', fault: 'double_callback' });
  await gateway.fault({ target: 'callback', fault: 'close_after_result' });
  await shop.openPopup();
  await new Popup(shop).payByCard(CARDS.accepted);
  const id = await shop.isPaid();
  assert.deepEqual(await gateway.faults(), [], 'the faults never struck');
  assert.equal(await shop.currentPhase(), 'paid');
  await browser.click('[data-testid=order-link]');
  await shop.orderShows('paid');
  assert.ok((await browser.url()).includes(id));
});

const tokenIn = (url) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(url)?.[0];
const hasFocus = (browser, selector) => browser.run((s) => document.activeElement === document.querySelector(s), selector);
