import assert from 'node:assert/strict';

import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';
import { way } from '../lib/storefront-page.js';

spec('an unpaid order is paid on its own page', async ({ shop, stage }) => {
  const { order_id: id } = await stage.newOrder();
  await shop.open(`/order/${id}`);
  await shop.orderShows('created');
  await shop.pay();
  await new Popup(shop).payByCard(CARDS.accepted);
  await shop.orderShows('paid');
});

spec('an order under review is not offered for payment and shows its new status on request', async ({ shop, browser, gateway, stage }) => {
  const { order_id: id, redirect_url: hosted } = await stage.newOrder();
  await browser.open(hosted);
  await new Popup(shop, { hosted: true }).payWith(CARDS.doubted);
  await until('review', async () => (await stage.order(id)).status === 'review');
  const tokens = await gateway.tokensMade();
  await shop.open(`/order/${id}`);
  await shop.orderShows('review');
  assert.match(await browser.text('[data-testid=order]'), /tidak perlu membayar lagi/);
  assert.equal(await browser.has(way('pay')), false, 'no way to pay a second time');
  await gateway.happen('approve', id);
  await browser.click('[data-testid=check-order]');
  await shop.orderShows('paid');
  assert.equal(await gateway.tokensMade(), tokens, 'no token request for an order under review');
});
