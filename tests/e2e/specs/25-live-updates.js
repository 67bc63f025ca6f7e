// The page while the money is awaited: it turns to paid by itself, whichever way the news comes.
import assert from 'node:assert/strict';
import { Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('the stream alone turns the page to paid', async ({ shop, gateway, browser }) => {
  const id = await shop.awaits('bca_va');
  await browser.run(() => {
    // From now on no question is answered.
    window.fetch = () => new Promise(() => {});
    const checkout = document.querySelector('.snap-checkout');
    new MutationObserver(() => { if (checkout.dataset.phase === 'paid') window.paidAt ??= Date.now(); })
      .observe(checkout, { attributes: true });
  });
  await gateway.happen('pay', id);
  const notified = Date.now();
  await shop.isPaid();
  const took = (await browser.run(() => window.paidAt)) - notified;
  // A second where nothing else runs; here two browsers share the machine.
  assert.ok(took < 3000, `it took ${took} ms`);
});

spec('without a stream the page asks, and turns to paid too', async ({ shop, gateway, browser }) => {
  await shop.open();
  await browser.run(() => { window.EventSource = class { addEventListener() {} close() {} }; });
  await shop.fillCartHere();
  await shop.pay();
  const popup = new Popup(shop);
  await popup.start('bni_va');
  await popup.finish();
  await shop.phase('pending');
  await gateway.happen('pay', await shop.orderId());
  await shop.isPaid();
});

spec('a second tab shows the same payment, and both learn that it is paid', async ({ shop, gateway, browser }) => {
  const id = await shop.awaits('bca_va');
  const number = await shop.shownNumber();
  await browser.inNewTab(shop.origin, async () => {
    await shop.phase('pending');
    assert.equal(await shop.shownNumber(), number);
    await gateway.happen('pay', id);
    await shop.phase('paid');
  });
  await shop.phase('paid');
  assert.equal(await gateway.tokensMade(), 1);
  await browser.reload();
  await browser.element('[data-testid=cart]');
  assert.ok(!(await browser.has('[data-testid=total]')), 'the cart is empty in all tabs');
});

spec('money that was given back is seen on the order page', async ({ shop, gateway, browser, stage }) => {
  const id = await shop.awaits('other_qris');
  await gateway.happen('pay', id);
  await shop.isPaid();
  await gateway.happen('refund', id, { amount: 1000 });
  await until('refund', async () => (await stage.order(id)).refunded_amount === 1000);
  await shop.open(`/order/${id}`);
  await shop.orderShows('partially_refunded');
  assert.match(await browser.text('[data-testid=refunded]'), /1.000/);
});
