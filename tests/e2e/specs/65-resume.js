// Reload, Back, another tab, the return from elsewhere: the merchant is asked first, then the same payment goes on.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { spec } from '../lib/runner.js';

spec('a reload in the middle goes on with the same token', async ({ shop, gateway, browser }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  const token = await popup.token();
  await browser.reload();

  await shop.phase('closed');
  await shop.pay();
  assert.equal(await popup.token(), token);
  assert.equal(await gateway.tokensMade(), 1);
  await popup.payByCard(CARDS.accepted);
  await shop.isPaid();
});

spec('Back to a page that waited: what was paid meanwhile is paid', async ({ shop, gateway, browser }) => {
  const id = await shop.awaits('bca_va');
  await browser.click('[data-testid=order-link]');
  await shop.orderShows('pending');
  await gateway.happen('pay', id);
  await shop.orderIsPaid(id);

  await browser.back();
  assert.equal(await shop.isPaid(), id);
});

spec('the same cart in two tabs is one payment, and the slower tab learns it', async ({ shop, gateway, browser }) => {
  await shop.openPopup();
  const popup = new Popup(shop);
  const token = await popup.token();

  await browser.inNewTab(shop.origin, async () => {
    await shop.phase('closed');
    await shop.pay();
    assert.equal(await popup.token(), token);
    await popup.payByCard(CARDS.accepted);
    await shop.isPaid();
  });

  // Here the payment window is still open: who pays in it all the same has paid already.
  await shop.phase('open');
  await popup.payWith(CARDS.acceptedAtOnce);
  await shop.isPaid();
  assert.equal(await gateway.tokensMade(), 1);
});

spec('back from a wallet the address is not believed, the money is', async ({ shop, gateway, stage }) => {
  const id = await stage.pendingOrder('gopay');
  const lie = new URLSearchParams({ order_id: id, status_code: '200', transaction_status: 'settlement', result: 'success' });
  await shop.open(`/order/${id}?${lie}`);
  await shop.orderShows('pending');
  await shop.phase('pending');

  await gateway.happen('pay', id);
  await shop.orderIsPaid(id);
});

spec('the cart is kept until the merchant says paid, whatever the popup said', async ({ shop, gateway, browser }) => {
  await gateway.fault({ target: 'notification', fault: 'hold', times: 0 });
  await gateway.fault({ target: 'status', fault: 'reset', times: 0 });
  await shop.openPopup();
  await new Popup(shop).payByCard(CARDS.acceptedAtOnce);
  await shop.phase('confirming');
  assert.equal(await shop.inCart(), '1');
  await browser.reload();
  await shop.phase('confirming');
  assert.equal(await shop.inCart(), '1');

  await gateway.recover();
  await gateway.control('POST', '/notifications/release', {});
  await shop.isPaid();
  assert.equal(await shop.inCart(), null);
});
