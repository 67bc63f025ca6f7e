import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { CHECKOUT, actionButton } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('a card pays the order', async ({ storefront, browser, services }) => {
  const item = await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.payByCard(CARDS.accepted);
  const id = await storefront.waitUntilPaid();

  await browser.click('[data-testid=order-link]');
  await storefront.waitForOrderStatus('paid');
  const order = await services.order(id);
  assert.equal(order.gross_amount, item.price);
});

spec('after a declined card the order is unpaid and the customer can pay again', async ({ storefront, browser, services }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.declineCard(CARDS.declined);
  await popup.close();
  await storefront.waitForPhase('closed', 'failed');
  await browser.element(actionButton('pay'));
  assert.notEqual((await services.order(await storefront.orderId())).status, 'paid');

  await storefront.pay();
  await popup.payByCard(CARDS.accepted);
  await storefront.waitUntilPaid();
});

spec('a second card pays while the backend still has the status of the declined one', async ({ storefront, gateway, services }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.declineCard(CARDS.declined);
  await popup.close();
  await storefront.waitForPhase('closed', 'failed');
  const id = await storefront.orderId();
  await until('denied order at the backend', async () => (await services.order(id)).status === 'denied');

  await gateway.planFault({ target: 'notification', fault: 'hold', times: 0 });
  await gateway.planFault({ target: 'status', fault: 'status', status: 503, times: 0 });
  await storefront.pay();
  await popup.payByCard(CARDS.accepted);
  await storefront.waitForPhase('confirming');
  assert.equal((await services.order(id)).status, 'denied');
  await gateway.clearFaults();
  await gateway.trigger('notifications/release', id);
  await storefront.waitUntilPaid();
});

spec('after three declined cards the page shows the failure, and a new payment page accepts another card', async ({ storefront, browser, gateway }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.declineThreeTimes(CARDS.declined);
  await storefront.waitForPhase('failed');
  await browser.element(`${CHECKOUT} [role=alert][data-code]`);

  // After a second of gateway time the backend has the notification; before that, a retry opens the exhausted payment page.
  await gateway.advanceClock(1);
  await storefront.pay();
  await popup.payByCard(CARDS.accepted);
  await storefront.waitUntilPaid();
});
