// Every state a customer can meet, and the real way to it. The accessibility specs and the pictures share it.
import { CARDS, Popup } from './payment-popup.js';
import { way } from './storefront-page.js';
import { until } from './process.js';

/** `{ shop, gateway, browser, stage }` → the state is on the screen, the outer page in focus of the driver. */
export const STATES = {
  'shop': ({ shop }) => shop.open(),
  'cart': ({ shop }) => shop.fillCart(),
  'preparing': async ({ shop, gateway, browser }) => {
    await gateway.fault({ target: 'token', fault: 'hang', times: 0 });
    await shop.fillCart();
    await browser.click(way('pay'));
    await shop.phase('preparing');
  },
  'open': ({ shop }) => shop.openPopup(),
  'open-card': inPopup((popup) => popup.choose('credit_card')),
  'open-card-declined': inPopup((popup) => popup.declineCard(CARDS.declined)),
  'open-va': inPopup((popup) => popup.start('bca_va')),
  'open-bill': inPopup((popup) => popup.start('echannel')),
  'open-qris': inPopup((popup) => popup.start('other_qris')),
  'open-store': inPopup((popup) => popup.start('indomaret')),
  'closed': async (scene) => {
    await scene.shop.openPopup();
    await new Popup(scene.shop).close();
    await scene.shop.phase('closed');
  },
  'confirming': async ({ shop, gateway }) => {
    await gateway.fault({ target: 'notification', fault: 'hold', times: 0 });
    await gateway.fault({ target: 'status', fault: 'hang', times: 0 });
    await shop.openPopup();
    await new Popup(shop).payByCard(CARDS.accepted);
    await shop.phase('confirming');
  },
  'pending-va': pending('bca_va'),
  'pending-bill': pending('echannel'),
  'pending-qris': pending('other_qris'),
  'pending-store': pending('indomaret'),
  'failed-script': async ({ shop, gateway, browser }) => {
    await gateway.fault({ target: 'snap_js', fault: 'reset', times: 0 });
    await shop.fillCart();
    await browser.click(way('pay'));
    await shop.phase('failed');
  },
  'failed-gateway': async ({ shop, gateway, browser }) => {
    await gateway.fault({ target: 'token', fault: 'status', status: 401, times: 0 });
    await shop.fillCart();
    await browser.click(way('pay'));
    await shop.phase('failed');
  },
  'failed-declined': async ({ shop }) => {
    await shop.openPopup();
    await new Popup(shop).declineToTheEnd(CARDS.declined);
    await shop.phase('failed');
  },
  'handed-over': async ({ shop, gateway, browser }) => {
    await STATES['failed-script']({ shop, gateway, browser });
    await browser.click(way('hosted'));
    await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
    await browser.back();
    await shop.phase('handed-over', 'closed', 'confirming');
  },
  'paid': async ({ shop }) => {
    await shop.openPopup();
    await new Popup(shop).payByCard(CARDS.accepted);
    await shop.isPaid();
  },
  'ended': async ({ shop, gateway }) => {
    await STATES['pending-va']({ shop });
    const [transaction] = await gateway.transactions();
    await gateway.happen('expire', transaction.order_id);
    await shop.phase('ended');
  },
  'order-created': order('created'),
  'order-pending': order('pending', 'bca_va'),
  'order-paid': order('paid', 'bca_va', 'pay'),
  'order-refunded': async (scene) => {
    // Transfers cannot be given back by the gateway.
    await order('paid', 'other_qris', 'pay')(scene);
    const [transaction] = await scene.gateway.transactions();
    await scene.gateway.happen('refund', transaction.order_id, { amount: 25_000 });
    await scene.browser.reload();
    await scene.shop.orderShows('partially_refunded');
  },
  'order-expired': order('expired', 'bca_va', 'expire'),
  'order-review': async ({ shop, stage, browser }) => {
    const { order_id: id, redirect_url: hosted } = await stage.newOrder();
    await browser.open(hosted);
    await new Popup(shop, { hosted: true }).payWith(CARDS.doubted);
    await until('review', async () => (await stage.order(id)).status === 'review');
    await shop.open(`/order/${id}`);
    await shop.orderShows('review');
  },
  'order-unknown': async ({ shop, browser }) => {
    await shop.open('/order/none-such');
    await browser.element('main');
  },
  'without-script': async ({ shop, browser }) => {
    await browser.cdp('Emulation.setScriptExecutionDisabled', { value: true });
    await shop.open();
    await browser.element('form[action="/checkout"]');
  },
  'playground': async ({ shop, browser }) => {
    await shop.open('/playground/playground.html');
    await until('the playground', () => browser.run(() => document.querySelector('[data-testid=planned]').textContent !== ''));
  },
  'playground-states': async ({ shop, browser }) => {
    await shop.open('/playground/gallery.html');
    await until('all states', () => browser.run(() => document.querySelector('[data-testid=reached]').textContent !== ''), { timeout: 60_000 });
  },
  'hosted': async ({ stage, browser }) => {
    await browser.open((await stage.newOrder()).redirect_url);
    await browser.element('[data-testid]');
  },
};

function inPopup(work) {
  return async ({ shop, browser }) => {
    await shop.openPopup();
    await work(new Popup(shop));
    await browser.top();
  };
}

function pending(method) {
  return async ({ shop }) => {
    await shop.openPopup();
    const popup = new Popup(shop);
    await popup.start(method);
    await popup.finish();
    await shop.phase('pending');
  };
}

function order(status, method, event) {
  return async ({ shop, stage, gateway, browser }) => {
    const { order_id: id, redirect_url: hosted } = await stage.newOrder();
    if (method) {
      await browser.open(hosted);
      await new Popup(shop, { hosted: true }).start(method);
      if (event) await gateway.happen(event, (await gateway.transactions())[0].order_id);
    }
    await shop.open(`/order/${id}`);
    await shop.orderShows(status);
  };
}
