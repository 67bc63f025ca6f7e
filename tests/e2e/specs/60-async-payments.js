// Most payments in Indonesia are not instant: the money comes when the customer is somewhere else, or never.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { way } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('a virtual account is paid while the page is closed: opened again, it says so and the cart is empty', async ({ shop, gateway, browser }) => {
  const id = await shop.awaits('bri_va');
  assert.equal(await shop.inCart(), '1');
  await browser.open('about:blank');
  await gateway.happen('pay', id);

  await shop.open();
  assert.equal(await shop.isPaid(), id);
  await browser.reload();
  assert.equal(await shop.inCart(), null);
});

spec('a browser that was closed goes on with the same payment', async ({ shop, gateway, restart }) => {
  const id = await shop.awaits('bni_va');
  const number = await shop.shownNumber();
  await restart();
  await shop.open();
  await shop.phase('pending');
  assert.equal(await shop.shownNumber(), number);
  assert.equal(await gateway.tokensMade(), 1);
  await gateway.happen('pay', id);
  await shop.isPaid();
}, { keeps: true });

spec('a QR that expires is said to be over, and the next one is another order', async ({ shop, gateway, browser, stage }) => {
  const id = await shop.awaits('other_qris');
  await gateway.advance(16 * 60);
  await shop.phase('ended');
  assert.equal((await stage.order(id)).status, 'expired');
  assert.deepEqual(await gateway.account(id), { payments: 0, payable: 0 });
  assert.equal(await shop.inCart(), '1');

  await browser.click(way('pay'));
  await shop.phase('idle');
  await shop.pay();
  await new Popup(shop).payByCard(CARDS.acceptedAtOnce);
  assert.notEqual(await shop.isPaid(), id);
});

spec('a card that stays pending is accepted a minute later', async ({ shop, gateway, browser }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.payWith(CARDS.acceptedLater);
  await browser.element('[data-testid=pending]');
  await popup.finish();
  await shop.phase('pending');

  await gateway.advance(61);
  await shop.isPaid();
});

// The operator's commands are the same whatever the customer looks with.
const firefox = { engines: ['firefox'] };

spec('a doubted card is under review until the operator approves it, then the page turns to paid', async ({ shop, browser, stage }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  await popup.payWith(CARDS.doubted);
  await browser.element('[data-testid=pending]');
  await popup.finish();
  await shop.phase('pending');
  const id = await shop.orderId();
  await until('review', async () => (await stage.order(id)).status === 'review');
  await stage.operator('approve', id);
  await shop.isPaid();
}, firefox);

spec('what the operator cancels or gives back is seen by the customer', async ({ shop, gateway, browser, stage }) => {
  const cancelled = await shop.awaits('bca_va');
  await stage.operator('cancel', cancelled);
  await shop.phase('ended');
  assert.deepEqual(await gateway.account(cancelled), { payments: 0, payable: 0 });

  await browser.click(way('pay'));
  await shop.phase('idle');
  await shop.pay();
  const popup = new Popup(shop);
  await popup.start('other_qris');
  await popup.finish();
  await shop.phase('pending');
  const id = await shop.orderId();
  await gateway.happen('pay', id);
  await shop.isPaid();
  await browser.click('[data-testid=order-link]');
  for (const [amount, status] of [[['--amount', '1000'], 'partially_refunded'], [[], 'refunded']]) {
    await stage.operator('refund', id, ...amount, '--reason', `to be ${status}`);
    await browser.reload();
    await shop.orderShows(status);
  }
}, firefox);
