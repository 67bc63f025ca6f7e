// A pending payment becomes paid on the page without a reload, through the event stream or through polling.
import assert from 'node:assert/strict';
import { Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('the event stream alone updates the page to paid', async ({ storefront, gateway, browser }) => {
  const id = await storefront.startPendingPayment('bca_va');
  await browser.run(() => {
    // Requests no longer get a response, so polling cannot help.
    window.fetch = () => new Promise(() => {});
    const checkout = document.querySelector('.snap-checkout');
    new MutationObserver(() => { if (checkout.dataset.phase === 'paid') window.paidAt ??= Date.now(); })
      .observe(checkout, { attributes: true });
  });
  await gateway.trigger('pay', id);
  const triggeredAt = Date.now();
  await storefront.waitUntilPaid();
  const took = (await browser.run(() => window.paidAt)) - triggeredAt;
  // It takes under a second on an idle machine; in a test run several browsers share it.
  assert.ok(took < 3000, `the update took ${took} ms`);
});

spec('without an event stream the page polls and shows paid', async ({ storefront, gateway, browser }) => {
  await storefront.open();
  await browser.run(() => { window.EventSource = class { addEventListener() {} close() {} }; });
  await storefront.addItem();
  await storefront.pay();
  const popup = new Popup(storefront);
  await popup.startPending('bni_va');
  await popup.finish();
  await storefront.waitForPhase('pending');
  await gateway.trigger('pay', await storefront.orderId());
  await storefront.waitUntilPaid();
});

spec('a second tab shows the same payment, and both tabs show paid', async ({ storefront, gateway, browser }) => {
  const id = await storefront.startPendingPayment('bca_va');
  const number = await storefront.shownPaymentCode();
  await browser.inNewTab(storefront.origin, async () => {
    await storefront.waitForPhase('pending');
    assert.equal(await storefront.shownPaymentCode(), number);
    await gateway.trigger('pay', id);
    await storefront.waitForPhase('paid');
  });
  await storefront.waitForPhase('paid');
  assert.equal(await gateway.tokensCreated(), 1);
  await browser.reload();
  await browser.element('[data-testid=cart]');
  assert.ok(!(await browser.has('[data-testid=total]')), 'the cart is not empty');
});

spec('the order page shows a refund', async ({ storefront, gateway, browser, services }) => {
  const id = await storefront.startPendingPayment('other_qris');
  await gateway.trigger('pay', id);
  await storefront.waitUntilPaid();
  await gateway.trigger('refund', id, { amount: 1000 });
  await until('refund', async () => (await services.order(id)).refunded_amount === 1000);
  await storefront.open(`/order/${id}`);
  await storefront.waitForOrderStatus('partially_refunded');
  assert.match(await browser.text('[data-testid=refund-total]'), /1.000/);
});
