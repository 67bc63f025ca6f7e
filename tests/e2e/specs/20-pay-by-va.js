import assert from 'node:assert/strict';
import { Popup } from '../lib/payment-popup.js';
import { spec } from '../lib/runner.js';

spec('a virtual account is pending until the simulator pays it, then the page turns to paid by itself', async ({ shop, gateway, browser, stage }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.start('bca_va');
  const number = await popup.number();
  await popup.finish();

  await shop.phase('pending');
  assert.equal((await browser.text('[data-testid=payment-code]')).replace(/\s/g, ''), number);
  assert.equal((await stage.order(await shop.orderId())).status, 'pending');

  await browser.inNewTab(gateway.simulator, () => gateway.payInSimulator(browser, number));
  await shop.isPaid();
});

spec('a reload while pending shows the same payment code again', async ({ shop, gateway, browser }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.start('bni_va');
  const number = await popup.number();
  await popup.finish();
  await shop.phase('pending');

  await browser.reload();
  await shop.phase('pending');
  assert.equal((await browser.text('[data-testid=payment-code]')).replace(/\s/g, ''), number);

  await browser.inNewTab(gateway.simulator, () => gateway.payInSimulator(browser, number));
  await shop.isPaid();
});
