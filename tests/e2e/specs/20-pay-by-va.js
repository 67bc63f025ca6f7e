import assert from 'node:assert/strict';
import { Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('a virtual account is pending until the simulator pays it, then the page shows paid without a reload', async ({ storefront, gateway, browser, services }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.startPending('bca_va');
  const number = await popup.number();
  await popup.finish();

  await storefront.waitForPhase('pending');
  assert.equal((await browser.text('[data-testid=payment-code]')).replace(/\s/g, ''), number);
  // The page is pending from the callback on; the backend learns it from the notification.
  const id = await storefront.orderId();
  await until('pending order at the backend', async () => (await services.order(id)).status === 'pending');

  await browser.inNewTab(gateway.simulator, () => gateway.payInSimulator(browser, number));
  await storefront.waitUntilPaid();
});

spec('a reload of a pending payment shows the same payment code', async ({ storefront, gateway, browser }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.startPending('bni_va');
  const number = await popup.number();
  await popup.finish();
  await storefront.waitForPhase('pending');

  await browser.reload();
  await storefront.waitForPhase('pending');
  assert.equal((await browser.text('[data-testid=payment-code]')).replace(/\s/g, ''), number);

  await browser.inNewTab(gateway.simulator, () => gateway.payInSimulator(browser, number));
  await storefront.waitUntilPaid();
});
