// Most payments in Indonesia are not instant: the customer pays later and elsewhere, or not at all.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { actionButton } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('a virtual account paid while the page is closed is shown as paid on reopening, and the cart is empty', async ({ storefront, gateway, browser }) => {
  const id = await storefront.startPendingPayment('bri_va');
  assert.equal(await storefront.cartQuantity(), '1');
  await browser.open('about:blank');
  await gateway.trigger('pay', id);

  await storefront.open();
  assert.equal(await storefront.waitUntilPaid(), id);
  await browser.reload();
  assert.equal(await storefront.cartQuantity(), null);
});

spec('a restarted browser continues the same payment', async ({ storefront, gateway, restart }) => {
  const id = await storefront.startPendingPayment('bni_va');
  const number = await storefront.shownPaymentCode();
  await restart();
  await storefront.open();
  await storefront.waitForPhase('pending');
  assert.equal(await storefront.shownPaymentCode(), number);
  assert.equal(await gateway.tokensCreated(), 1);
  await gateway.trigger('pay', id);
  await storefront.waitUntilPaid();
}, { persistent: true });

spec('an expired QR payment is shown as ended, and the next payment is a new order', async ({ storefront, gateway, browser, services }) => {
  const id = await storefront.startPendingPayment('other_qris');
  await gateway.advanceClock(16 * 60);
  await storefront.waitForPhase('ended');
  assert.equal((await services.order(id)).status, 'expired');
  assert.deepEqual(await gateway.paymentTotals(id), { payments: 0, payable: 0 });
  assert.equal(await storefront.cartQuantity(), '1');

  await browser.click(actionButton('pay'));
  await storefront.waitForPhase('idle');
  await storefront.pay();
  await new Popup(storefront).payByCard(CARDS.acceptedWithoutOtp);
  assert.notEqual(await storefront.waitUntilPaid(), id);
});

spec('a pending card payment is accepted a minute later', async ({ storefront, gateway, browser }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.payWith(CARDS.acceptedLater);
  await browser.element('[data-testid=pending]');
  await popup.finish();
  await storefront.waitForPhase('pending');

  await gateway.advanceClock(61);
  await storefront.waitUntilPaid();
});

// The operator's commands do not depend on the customer's browser.
const firefox = { engines: ['firefox'] };

spec('a challenged card is under review until the operator approves it, then the page shows paid', async ({ storefront, browser, services }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  await popup.payWith(CARDS.challenged);
  await browser.element('[data-testid=pending]');
  await popup.finish();
  await storefront.waitForPhase('pending');
  const id = await storefront.orderId();
  await until('review', async () => (await services.order(id)).status === 'review');
  await services.runOperatorCommand('approve', id);
  await storefront.waitUntilPaid();
}, firefox);

spec('the customer sees a cancellation and a refund by the operator', async ({ storefront, gateway, browser, services }) => {
  const cancelled = await storefront.startPendingPayment('bca_va');
  await services.runOperatorCommand('cancel', cancelled);
  await storefront.waitForPhase('ended');
  assert.deepEqual(await gateway.paymentTotals(cancelled), { payments: 0, payable: 0 });

  await browser.click(actionButton('pay'));
  await storefront.waitForPhase('idle');
  await storefront.pay();
  const popup = new Popup(storefront);
  await popup.startPending('other_qris');
  await popup.finish();
  await storefront.waitForPhase('pending');
  const id = await storefront.orderId();
  await gateway.trigger('pay', id);
  await storefront.waitUntilPaid();
  await browser.click('[data-testid=order-link]');
  for (const [amount, status] of [[['--amount', '1000'], 'partially_refunded'], [[], 'refunded']]) {
    await services.runOperatorCommand('refund', id, ...amount, '--reason', `test of ${status}`);
    await browser.reload();
    await storefront.waitForOrderStatus(status);
  }
}, firefox);
