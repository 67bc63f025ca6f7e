// After a reload, Back, in another tab or after a redirect, the page asks the backend first and continues the same payment.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('a reload during a payment continues with the same token', async ({ storefront, gateway, browser }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  const token = await popup.token();
  await browser.reload();

  await storefront.waitForPhase('closed');
  await storefront.pay();
  assert.equal(await popup.token(), token);
  assert.equal(await gateway.tokensCreated(), 1);
  await popup.payByCard(CARDS.accepted);
  await storefront.waitUntilPaid();
});

spec('Back to a pending page shows a payment that was made meanwhile', async ({ storefront, gateway, browser }) => {
  const id = await storefront.startPendingPayment('bca_va');
  await browser.click('[data-testid=order-link]');
  await storefront.waitForOrderStatus('pending');
  await gateway.trigger('pay', id);
  await storefront.waitUntilOrderPaid(id);

  await browser.back();
  assert.equal(await storefront.waitUntilPaid(), id);
});

spec('the same cart in two tabs is one payment, and both tabs show it', async ({ storefront, gateway, browser }) => {
  await storefront.openPopup();
  const popup = new Popup(storefront);
  const token = await popup.token();

  await browser.inNewTab(storefront.origin, async () => {
    await storefront.waitForPhase('closed');
    await storefront.pay();
    assert.equal(await popup.token(), token);
    await popup.payByCard(CARDS.accepted);
    await storefront.waitUntilPaid();
  });

  // The popup of this tab is still open; paying in it again must not pay twice.
  await storefront.waitForPhase('open');
  await popup.payWith(CARDS.acceptedWithoutOtp);
  await storefront.waitUntilPaid();
  assert.equal(await gateway.tokensCreated(), 1);
});

spec('after a wallet redirect the page ignores the URL and shows the backend\'s status', async ({ storefront, gateway, services }) => {
  const id = await services.pendingOrder('gopay');
  const forged = new URLSearchParams({ order_id: id, status_code: '200', transaction_status: 'settlement', result: 'success' });
  await storefront.open(`/order/${id}?${forged}`);
  await storefront.waitForOrderStatus('pending');
  await storefront.waitForPhase('pending');

  await gateway.trigger('pay', id);
  await storefront.waitUntilOrderPaid(id);
});

spec('the cart stays filled until the backend confirms the payment, whatever the popup reports', async ({ storefront, gateway, browser }) => {
  await gateway.planFault({ target: 'notification', fault: 'hold', times: 0 });
  await gateway.planFault({ target: 'status', fault: 'reset', times: 0 });
  await storefront.openPopup();
  await new Popup(storefront).payByCard(CARDS.acceptedWithoutOtp);
  await storefront.waitForPhase('confirming');
  assert.equal(await storefront.cartQuantity(), '1');
  await browser.reload();
  await storefront.waitForPhase('confirming');
  assert.equal(await storefront.cartQuantity(), '1');

  await gateway.clearFaults();
  await gateway.control('POST', '/notifications/release', {});
  await storefront.waitUntilPaid();
  await until('empty cart', async () => (await storefront.cartQuantity()) === null);
});
