// The page while the money is awaited: it turns to paid by itself, whichever way the news comes.
import assert from 'node:assert/strict';
import { Popup } from '../lib/popup.js';
import { until } from '../lib/process.js';
import { way } from '../lib/shop.js';
import { spec } from '../lib/spec.js';

/** A virtual account is awaited; its number. */
async function awaited(shop, method = 'bca_va') {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.start(method);
  const number = await popup.number();
  await popup.finish();
  await shop.phase('pending');
  return number;
}

const shownNumber = async (browser) => (await browser.text('[data-testid=payment-code]')).replace(/\s/g, '');

spec('the stream alone turns the page to paid', async ({ shop, gateway, browser }) => {
  await awaited(shop);
  const id = await shop.orderId();
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
  assert.ok(took < 1000, `it took ${took} ms`);
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
  const number = await awaited(shop);
  const id = await shop.orderId();
  await browser.inNewTab(shop.origin, async () => {
    // WebKit's driver opens tabs behind, where a page asks nothing; who presses is believed to see it.
    if (await browser.run(() => document.hidden)) await browser.click(way('check'));
    await shop.phase('pending');
    assert.equal(await shownNumber(browser), number);
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
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.start('other_qris');
  await popup.finish();
  await shop.phase('pending');
  const id = await shop.orderId();
  await gateway.happen('pay', id);
  await shop.isPaid();
  await gateway.happen('refund', id, { amount: 1000 });
  await until('refund', async () => (await stage.order(id)).refunded_amount === 1000);
  await shop.open(`/order/${id}`);
  await shop.orderShows('partially_refunded');
  assert.match(await browser.text('[data-testid=refunded]'), /1.000/);
});

spec('who closed the page and paid meanwhile finds it paid', async ({ shop, gateway, browser }) => {
  await awaited(shop, 'permata_va');
  const id = await shop.orderId();
  await browser.open('about:blank');
  await gateway.happen('pay', id);
  await shop.open();
  await shop.isPaid();
});

spec('who comes back from a wallet is not believed, and told when it is paid', async ({ shop, gateway, browser, stage }) => {
  const { order_id: id, redirect_url: hosted } = await stage.newOrder();
  await browser.open(hosted);
  await new Popup(shop, { hosted: true }).start('gopay');
  await shop.open(`/order/${id}?order_id=${id}&result=success&status_code=200&transaction_status=settlement`);
  await shop.orderShows('pending');
  await shop.phase('pending');
  await gateway.happen('pay', id);
  await shop.phase('paid');
  await shop.orderShows('paid');
});
