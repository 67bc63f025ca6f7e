import assert from 'node:assert/strict';

import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';
import { actionButton } from '../lib/storefront-page.js';

spec('an unpaid order can be paid on its order page', async ({ storefront, services }) => {
  const { order_id: id } = await services.newOrder();
  await storefront.open(`/order/${id}`);
  await storefront.waitForOrderStatus('created');
  await storefront.pay();
  await new Popup(storefront).payByCard(CARDS.accepted);
  await storefront.waitForOrderStatus('paid');
});

spec('an order under review has no pay button, and "check" shows its new status', async ({ storefront, browser, gateway, services }) => {
  const { order_id: id, redirect_url: hosted } = await services.newOrder();
  await browser.open(hosted);
  await new Popup(storefront, { hosted: true }).payWith(CARDS.challenged);
  await until('review', async () => (await services.order(id)).status === 'review');
  const tokens = await gateway.tokensCreated();
  await storefront.open(`/order/${id}`);
  await storefront.waitForOrderStatus('review');
  assert.match(await browser.text('[data-testid=order]'), /tidak perlu membayar lagi/);
  assert.equal(await browser.has(actionButton('pay')), false, 'a pay button for an order under review');
  await gateway.trigger('approve', id);
  await browser.click('[data-testid=check-order]');
  await storefront.waitForOrderStatus('paid');
  assert.equal(await gateway.tokensCreated(), tokens, 'token requests for an order under review');
});
