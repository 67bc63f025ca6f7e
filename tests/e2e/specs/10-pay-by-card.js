import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { CHECKOUT, way } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('a card pays the order', async ({ shop, browser, stage }) => {
  const item = await shop.openPopup();
  const popup = new Popup(shop);
  await popup.payByCard(CARDS.accepted);
  const id = await shop.isPaid();

  await browser.click('[data-testid=order-link]');
  await shop.orderShows('paid');
  const order = await stage.order(id);
  assert.equal(order.gross_amount, item.price);
});

spec('a declined card leaves the order unpaid and the customer with a way to pay', async ({ shop, browser, stage }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.declineCard(CARDS.declined);
  await popup.close();
  await shop.phase('closed', 'failed');
  await browser.element(way('pay'));
  assert.notEqual((await stage.order(await shop.orderId())).status, 'paid');

  await shop.pay();
  await popup.payByCard(CARDS.accepted);
  await shop.isPaid();
});

spec('the second card is paid even while the merchant still believes the first', async ({ shop, gateway, stage }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.declineCard(CARDS.declined);
  await popup.close();
  await shop.phase('closed', 'failed');
  const id = await shop.orderId();
  await until('merchant that heard of the refusal', async () => (await stage.order(id)).status === 'denied');

  await gateway.fault({ target: 'notification', fault: 'hold', times: 0 });
  await gateway.fault({ target: 'status', fault: 'status', status: 503, times: 0 });
  await shop.pay();
  await popup.payByCard(CARDS.accepted);
  await shop.phase('confirming');
  assert.equal((await stage.order(id)).status, 'denied');
  await gateway.recover();
  await gateway.happen('notifications/release', id);
  await shop.isPaid();
});

spec('after three declined cards the page says so, and a new page takes another card', async ({ shop, browser, gateway }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.declineToTheEnd(CARDS.declined);
  await shop.phase('failed');
  await browser.element(`${CHECKOUT} [role=alert][data-code]`);

  // Until then the merchant does not know that the page is spent, and the customer sees the same once more.
  await gateway.advance(1);
  await shop.pay();
  await popup.payByCard(CARDS.accepted);
  await shop.isPaid();
});
