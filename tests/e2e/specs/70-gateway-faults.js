// Whatever the gateway does, the customer ends with a paid order, once, or with a kind sentence and a way on.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { CHECKOUT, way } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

// What befalls the notifications of one virtual account: `chosen` that of the choice, `paid` that of the money.
const NOTIFICATIONS = {
  'sent five times': { paid: { fault: 'duplicate', copies: 4 } },
  'ten minutes late': { paid: { fault: 'late', seconds: 600 }, then: (gateway) => gateway.advance(601), check: true },
  'in the wrong order': { chosen: { fault: 'reorder' } },
  'forged': { chosen: { fault: 'forge' } },
  'cut off': { paid: { fault: 'cut' }, check: true },
};

// What the gateway does to the merchant is the same in every engine.
for (const [name, { chosen, paid, then, check }] of Object.entries(NOTIFICATIONS)) {
  spec(`notifications that are ${name} change nothing for the customer`, async ({ shop, gateway, browser, stage }) => {
    const strike = (planned) => planned && gateway.fault({ target: 'notification', ...planned });
    await strike(chosen);
    const id = await shop.awaits('bca_va');
    assert.deepEqual(await gateway.account(id), { payments: 0, payable: 1 });
    assert.notEqual((await stage.order(id)).status, 'paid');

    await strike(paid);
    await gateway.happen('pay', id);
    // Nothing told the merchant: it asks the gateway when the customer asks.
    if (check) await shop.checkUntilPaid();
    await shop.isPaid();
    await then?.(gateway);
    assert.deepEqual(await gateway.faults(), [], 'the fault never struck');
    await browser.click('[data-testid=order-link]');
    await shop.orderIsPaid(id);
  }, { engines: ['chromium'] });
}

spec('a notification that is lost is made up for while the page just waits', async ({ shop, gateway }) => {
  const id = await shop.awaits('other_qris');
  await gateway.fault({ target: 'notification', fault: 'drop' });
  await gateway.happen('pay', id);
  assert.deepEqual(await gateway.faults(), [], 'the fault never struck');
  await shop.phaseWithin(40_000, 'paid');
  await shop.isPaid();
}, { engines: ['chromium'] }); // It takes 15 seconds.

spec('while the gateway is down the page goes on trying, says so, and opens the popup once it is back', async ({ shop, gateway, browser }) => {
  await shop.fillCart();
  await gateway.fault({ target: 'api', fault: 'reset', times: 0 });
  await browser.click(way('pay'));
  await shop.phase('preparing');
  await tellsThatItTakesLong(shop);
  assert.equal(await shop.inCart(), '1');
  await gateway.recover();
  await shop.phase('open');
  await new Popup(shop).payByCard(CARDS.acceptedAtOnce);
  await shop.isPaid();
});

spec('a gateway that refuses to make a token leaves a kind sentence and the button', async ({ shop, gateway, browser }) => {
  await gateway.fault({ target: 'token', fault: 'status', status: 401 });
  await shop.fillCart();
  await browser.click(way('pay'));
  await shop.phase('failed');
  assert.ok((await browser.text(`${CHECKOUT} [role=alert][data-code]`)).length > 20);
  await shop.pay();
  await new Popup(shop).payByCard(CARDS.acceptedAtOnce);
  await shop.isPaid();
});

spec('a gateway that goes down after the payment is asked until it answers', async ({ shop, gateway, browser }) => {
  await shop.openPopup();
  await gateway.fault({ target: 'notification', fault: 'drop', times: 0 });
  await gateway.fault({ target: 'api', fault: 'reset', times: 0 });
  await new Popup(shop).payByCard(CARDS.acceptedAtOnce);
  await shop.phase('confirming');
  assert.ok((await browser.text(`${CHECKOUT} [role=status]`)).length > 20);
  await gateway.recover();
  await shop.checkUntilPaid();
  await shop.isPaid();
});

spec('a slow gateway is said to be slow, and the popup opens all the same', async ({ shop, gateway, browser }) => {
  await gateway.fault({ target: 'token', fault: 'delay', ms: 3800 });
  await gateway.fault({ target: 'page_api', fault: 'delay', ms: 500, times: 0 });
  await gateway.fault({ target: 'status', fault: 'delay', ms: 500, times: 0 });
  await shop.fillCart();
  await browser.click(way('pay'));
  await shop.phase('preparing');
  await tellsThatItTakesLong(shop);
  await shop.phase('open');
  await new Popup(shop).payByCard(CARDS.acceptedAtOnce);
  await shop.isPaid();
});

/** Still preparing, the page says something else than at first. */
async function tellsThatItTakesLong(shop) {
  const said = () => shop.browser.text(`${CHECKOUT} [role=status]`);
  const first = await said();
  await until('word that it takes long', async () => (await said()) !== first);
  assert.equal(await shop.currentPhase(), 'preparing');
}
