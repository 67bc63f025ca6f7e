// Under every gateway fault the customer pays once, or sees a message and can retry.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { CHECKOUT, actionButton } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

// Faults of one virtual account's notifications: `pending` applies to the first one, `paid` to that of the payment.
const NOTIFICATIONS = {
  'sent five times': { paid: { fault: 'duplicate', copies: 4 } },
  'ten minutes late': { paid: { fault: 'late', seconds: 600 }, afterwards: (gateway) => gateway.advanceClock(601), check: true },
  'in the wrong order': { pending: { fault: 'reorder' } },
  'forged': { pending: { fault: 'forge' } },
  'truncated': { paid: { fault: 'cut' }, check: true },
};

// Notifications do not depend on the customer's browser, so one engine is enough.
for (const [name, { pending, paid, afterwards, check }] of Object.entries(NOTIFICATIONS)) {
  spec(`notifications that are ${name} do not affect the customer`, async ({ storefront, gateway, browser, services }) => {
    const planFault = (plan) => plan && gateway.planFault({ target: 'notification', ...plan });
    await planFault(pending);
    const id = await storefront.startPendingPayment('bca_va');
    assert.deepEqual(await gateway.paymentTotals(id), { payments: 0, payable: 1 });
    assert.notEqual((await services.order(id)).status, 'paid');

    await planFault(paid);
    await gateway.trigger('pay', id);
    // The backend got no notification; it polls the gateway when the customer clicks "check".
    if (check) await storefront.checkUntilPaid();
    await storefront.waitUntilPaid();
    await afterwards?.(gateway);
    assert.deepEqual(await gateway.plannedFaults(), [], 'planned faults that did not occur');
    await browser.click('[data-testid=order-link]');
    await storefront.waitUntilOrderPaid(id);
  }, { engines: ['chromium'] });
}

spec('the page shows paid after a lost notification without any action', async ({ storefront, gateway }) => {
  const id = await storefront.startPendingPayment('other_qris');
  await gateway.planFault({ target: 'notification', fault: 'drop' });
  await gateway.trigger('pay', id);
  assert.deepEqual(await gateway.plannedFaults(), [], 'planned faults that did not occur');
  await storefront.waitForPhaseWithin(40_000, 'paid');
  await storefront.waitUntilPaid();
}, { engines: ['chromium'] }); // One engine only, because it takes 15 seconds.

spec('while the gateway is down the page retries and says so, and the popup opens after recovery', async ({ storefront, gateway, browser }) => {
  await storefront.fillCart();
  await gateway.planFault({ target: 'api', fault: 'reset', times: 0 });
  await browser.click(actionButton('pay'));
  await storefront.waitForPhase('preparing');
  await waitForSlowMessage(storefront);
  assert.equal(await storefront.cartQuantity(), '1');
  await gateway.clearFaults();
  await storefront.waitForPhase('open');
  await new Popup(storefront).payByCard(CARDS.acceptedWithoutOtp);
  await storefront.waitUntilPaid();
});

spec('when the gateway rejects the token request the page shows a message and the pay button', async ({ storefront, gateway, browser }) => {
  await gateway.planFault({ target: 'token', fault: 'status', status: 401 });
  await storefront.fillCart();
  await browser.click(actionButton('pay'));
  await storefront.waitForPhase('failed');
  assert.ok((await browser.text(`${CHECKOUT} [role=alert][data-code]`)).length > 20);
  await storefront.pay();
  await new Popup(storefront).payByCard(CARDS.acceptedWithoutOtp);
  await storefront.waitUntilPaid();
});

spec('when the gateway fails after the payment the page polls until it recovers', async ({ storefront, gateway, browser }) => {
  await storefront.openPopup();
  await gateway.planFault({ target: 'notification', fault: 'drop', times: 0 });
  await gateway.planFault({ target: 'api', fault: 'reset', times: 0 });
  await new Popup(storefront).payByCard(CARDS.acceptedWithoutOtp);
  await storefront.waitForPhase('confirming');
  assert.ok((await browser.text(`${CHECKOUT} [role=status]`)).length > 20);
  await gateway.clearFaults();
  await storefront.checkUntilPaid();
  await storefront.waitUntilPaid();
});

spec('with a slow gateway the page says so, and the popup opens', async ({ storefront, gateway, browser }) => {
  await gateway.planFault({ target: 'token', fault: 'delay', ms: 3800 });
  await gateway.planFault({ target: 'page_api', fault: 'delay', ms: 500, times: 0 });
  await gateway.planFault({ target: 'status', fault: 'delay', ms: 500, times: 0 });
  await storefront.fillCart();
  await browser.click(actionButton('pay'));
  await storefront.waitForPhase('preparing');
  await waitForSlowMessage(storefront);
  await storefront.waitForPhase('open');
  await new Popup(storefront).payByCard(CARDS.acceptedWithoutOtp);
  await storefront.waitUntilPaid();
});

/** Waits until the preparing page replaces its first status message. */
async function waitForSlowMessage(storefront) {
  const first = await storefront.browser.text(`${CHECKOUT} [role=status]`);
  let seen;
  await until(() => `another message while preparing; seen: ${JSON.stringify(seen)}`, async () => {
    // One script reads both, because the phase may change at any time.
    seen = await storefront.browser.run((selector) => {
      const checkout = document.querySelector(selector);
      return { phase: checkout.dataset.phase, message: checkout.querySelector('[role=status]').innerText.trim() };
    }, CHECKOUT);
    return seen.phase === 'preparing' && seen.message !== '' && seen.message !== first;
  });
}
