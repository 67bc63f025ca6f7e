// How to reach each state of the storefront through the real interface. The accessibility specs and the screenshots use it.
import { CARDS, Popup } from './payment-popup.js';
import { actionButton } from './storefront-page.js';
import { until } from './process.js';

/** Each function takes the scene of a spec, shows the state, and leaves the driver in the top page. */
export const CHECKOUT_STATES = {
  'shop': ({ storefront }) => storefront.open(),
  'cart': ({ storefront }) => storefront.fillCart(),
  'preparing': async ({ storefront, gateway, browser }) => {
    await gateway.planFault({ target: 'token', fault: 'hang', times: 0 });
    await storefront.fillCart();
    await browser.click(actionButton('pay'));
    await storefront.waitForPhase('preparing');
  },
  'open': ({ storefront }) => storefront.openPopup(),
  'open-card': inPopup((popup) => popup.choose('credit_card')),
  'open-card-declined': inPopup((popup) => popup.declineCard(CARDS.declined)),
  'open-va': inPopup((popup) => popup.startPending('bca_va')),
  'open-bill': inPopup((popup) => popup.startPending('echannel')),
  'open-qris': inPopup((popup) => popup.startPending('other_qris')),
  'open-store': inPopup((popup) => popup.startPending('indomaret')),
  'closed': async (scene) => {
    await scene.storefront.openPopup();
    await new Popup(scene.storefront).close();
    await scene.storefront.waitForPhase('closed');
  },
  'confirming': async ({ storefront, gateway }) => {
    await gateway.planFault({ target: 'notification', fault: 'hold', times: 0 });
    await gateway.planFault({ target: 'status', fault: 'hang', times: 0 });
    await storefront.openPopup();
    await new Popup(storefront).payByCard(CARDS.accepted);
    await storefront.waitForPhase('confirming');
  },
  'pending-va': pending('bca_va'),
  'pending-bill': pending('echannel'),
  'pending-qris': pending('other_qris'),
  'pending-store': pending('indomaret'),
  'failed-script': async ({ storefront, gateway, browser }) => {
    await gateway.planFault({ target: 'snap_js', fault: 'reset', times: 0 });
    await storefront.fillCart();
    await browser.click(actionButton('pay'));
    await storefront.waitForPhase('failed');
  },
  'failed-gateway': async ({ storefront, gateway, browser }) => {
    await gateway.planFault({ target: 'token', fault: 'status', status: 401, times: 0 });
    await storefront.fillCart();
    await browser.click(actionButton('pay'));
    await storefront.waitForPhase('failed');
  },
  'failed-declined': async ({ storefront }) => {
    await storefront.openPopup();
    await new Popup(storefront).declineThreeTimes(CARDS.declined);
    await storefront.waitForPhase('failed');
  },
  'handed-over': async ({ storefront, gateway, browser }) => {
    await CHECKOUT_STATES['failed-script']({ storefront, gateway, browser });
    await browser.click(actionButton('hosted'));
    await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
    await browser.back();
    await storefront.waitForPhase('handed-over', 'closed', 'confirming');
  },
  'paid': async ({ storefront }) => {
    await storefront.openPopup();
    await new Popup(storefront).payByCard(CARDS.accepted);
    await storefront.waitUntilPaid();
  },
  'ended': async ({ storefront, gateway }) => {
    await CHECKOUT_STATES['pending-va']({ storefront });
    const [transaction] = await gateway.transactions();
    await gateway.trigger('expire', transaction.order_id);
    await storefront.waitForPhase('ended');
  },
  'order-created': order('created'),
  'order-pending': order('pending', 'bca_va'),
  'order-paid': order('paid', 'bca_va', 'pay'),
  'order-refunded': async (scene) => {
    // The gateway cannot refund bank transfers, so this order is paid by QRIS.
    await order('paid', 'other_qris', 'pay')(scene);
    const [transaction] = await scene.gateway.transactions();
    await scene.gateway.trigger('refund', transaction.order_id, { amount: 25_000 });
    await scene.browser.reload();
    await scene.storefront.waitForOrderStatus('partially_refunded');
  },
  'order-expired': order('expired', 'bca_va', 'expire'),
  'order-review': async ({ storefront, services, browser }) => {
    const { order_id: id, redirect_url: hosted } = await services.newOrder();
    await browser.open(hosted);
    await new Popup(storefront, { hosted: true }).payWith(CARDS.challenged);
    await until('review', async () => (await services.order(id)).status === 'review');
    await storefront.open(`/order/${id}`);
    await storefront.waitForOrderStatus('review');
  },
  'order-unknown': async ({ storefront, browser }) => {
    await storefront.open('/order/none-such');
    await browser.element('main');
  },
  'without-script': async ({ storefront, browser }) => {
    await browser.cdp('Emulation.setScriptExecutionDisabled', { value: true });
    await storefront.open();
    await browser.element('form[action="/checkout"]');
  },
  'playground': async ({ storefront, browser }) => {
    await storefront.open('/playground/playground.html');
    await until('the planned faults', () => browser.run(() => document.querySelector('[data-testid=planned]').textContent !== ''));
  },
  'playground-states': async ({ storefront, browser }) => {
    await storefront.open('/playground/gallery.html');
    await until('all states', () => browser.run(() => document.querySelector('[data-testid=reached]').textContent !== ''), { timeout: 60_000 });
  },
  'hosted': async ({ services, browser }) => {
    await browser.open((await services.newOrder()).redirect_url);
    await browser.element('[data-testid]');
  },
};

function inPopup(act) {
  return async ({ storefront, browser }) => {
    await storefront.openPopup();
    await act(new Popup(storefront));
    await browser.top();
  };
}

function pending(method) {
  return async ({ storefront }) => {
    await storefront.openPopup();
    const popup = new Popup(storefront);
    await popup.startPending(method);
    await popup.finish();
    await storefront.waitForPhase('pending');
  };
}

function order(status, method, event) {
  return async ({ storefront, services, gateway, browser }) => {
    const { order_id: id, redirect_url: hosted } = await services.newOrder();
    if (method) {
      await browser.open(hosted);
      await new Popup(storefront, { hosted: true }).startPending(method);
      if (event) await gateway.trigger(event, (await gateway.transactions())[0].order_id);
    }
    await storefront.open(`/order/${id}`);
    await storefront.waitForOrderStatus(status);
  };
}
