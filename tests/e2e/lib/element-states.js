// How to reach each state of <snap-checkout> in a plain page, like lib/checkout-states.js for the storefront.
import { CARDS } from './payment-popup.js';
import { until } from './process.js';

/** Each function takes the scene of a spec, shows the state, and leaves the driver in the top page. */
export const ELEMENT_STATES = {
  'element-loading': loading(),
  'element-early-click': async ({ host, browser }) => {
    await ELEMENT_STATES['element-loading']({ host, browser });
    await browser.click('#pay >>> button');
    await browser.element('#pay >>> button[aria-busy=true]');
  },
  'element-idle': inPhase('idle'),
  'element-idle-english': inPhase('idle', { language: 'en' }),
  'element-disabled': inPhase('idle', { disabled: '' }),
  'element-preparing': async ({ host, gateway }) => {
    await gateway.planFault({ target: 'token', fault: 'hang', times: 0 });
    await host.open('plain');
    await host.clickPay();
    await host.waitForPhase('preparing');
  },
  'element-open': open(),
  'element-embed': embed(),
  'element-embed-card': embed(async (popup) => {
    await popup.choose('credit_card');
    await popup.browser.element('#card-number');
  }),
  'element-embed-va': embed((popup) => popup.startPending('bca_va')),
  'element-closed': async (scene) => {
    await open()(scene);
    await scene.host.popup.close();
    await scene.host.waitForPhase('closed');
  },
  'element-confirming': async (scene) => {
    await scene.gateway.planFault({ target: 'notification', fault: 'hold', times: 0 });
    await scene.gateway.planFault({ target: 'status', fault: 'hang', times: 0 });
    await open()(scene);
    await scene.host.popup.payByCard(CARDS.accepted);
    await scene.host.waitForPhase('confirming');
  },
  'element-pending-va': pending('bca_va'),
  'element-pending-bill': pending('echannel'),
  'element-pending-qris': pending('other_qris'),
  'element-pending-store': pending('indomaret'),
  'element-failed-script': async ({ host, gateway }) => {
    await gateway.planFault({ target: 'snap_js', fault: 'reset', times: 0 });
    await host.open('plain');
    await host.clickPay();
    await host.waitForPhase('failed');
  },
  'element-failed-gateway': failed(),
  'element-failed-declined': async (scene) => {
    await open()(scene);
    await scene.host.popup.declineThreeTimes(CARDS.declined);
    await scene.host.waitForPhase('failed');
  },
  'element-handed-over': async (scene) => {
    await ELEMENT_STATES['element-failed-script'](scene);
    await scene.host.clickAction('hosted');
    await until('hosted page', async () => (await scene.browser.url()).startsWith(scene.gateway.origin));
    await scene.browser.back();
    await scene.host.waitForPhase(['handed-over', 'closed', 'confirming']);
  },
  'element-paid': paid(),
  'element-reported': async (scene) => {
    // This backend returns only Midtrans' own fields, so the element cannot look up the order's status.
    await open({ 'token-url': '/hosts/token' })(scene);
    await scene.host.popup.payByCard(CARDS.acceptedWithoutOtp);
    await scene.host.waitForPhase('reported');
  },
  'element-ended': async (scene) => {
    await pending('bca_va')(scene);
    const [transaction] = await scene.gateway.transactions();
    await scene.gateway.trigger('expire', transaction.order_id);
    await scene.host.waitForPhase('ended');
  },
  'element-texts': async ({ host, browser }) => {
    await host.open('plain');
    await browser.run(() => { document.querySelector('#pay').texts = { pay_amount: 'Pesan tiket konser dan makan malam seharga', secured: 'Penitipan uang oleh Midtrans' }; });
    await host.waitForPhase('idle');
    await until('own texts', async () => (await browser.text('#pay >>> [data-way=pay]')).startsWith('Pesan tiket'));
  },
  'element-missing': async ({ host, browser }) => {
    host.hosts.replaceResponse(/\.wasm$/, { status: 404 });
    await host.open('plain');
    await browser.element('#pay > a');
  },
  'element-wrong-attribute': async ({ host }) => {
    await host.open('plain', { environment: 'staging' });
    await until('snap-fault', async () => (await host.events('fault')).length);
  },
};

// Forced themes. The accessibility checks and the screenshots run them with light and dark system themes.
for (const theme of ['light', 'dark']) {
  for (const [name, reach] of Object.entries({
    'loading': loading({ theme }),
    'idle': inPhase('idle', { theme }),
    'disabled': inPhase('idle', { theme, disabled: '' }),
    'embed': embed(undefined, { theme }),
    'pending-va': pending('bca_va', { theme }),
    'failed-gateway': failed({ theme }),
    'paid': paid({ theme }),
  })) ELEMENT_STATES[`element-${name}-forced-${theme}`] = reach;
}

function loading(attributes) {
  return async ({ host, browser }) => {
    const hold = host.hosts.holdResponses(/\.wasm$/);
    await host.open('plain', attributes);
    await hold.arrived;
    await browser.element('#pay >>> button');
  };
}

function embed(inside = (popup) => popup.browser.element('[data-testid=method-credit_card]'), attributes = {}) {
  return async ({ host, browser }) => {
    await host.open('plain', { mode: 'embed', ...attributes });
    await host.openPopup();
    await host.popup.enter();
    await inside(host.popup);
    await browser.top();
  };
}

function failed(attributes) {
  return async ({ host, gateway }) => {
    await gateway.planFault({ target: 'token', fault: 'status', status: 401, times: 0 });
    await host.open('plain', attributes);
    await host.clickPay();
    await host.waitForPhase('failed');
  };
}

function paid(attributes) {
  return async (scene) => {
    await open(attributes)(scene);
    await scene.host.popup.payByCard(CARDS.acceptedWithoutOtp);
    await scene.host.waitUntilPaid();
  };
}

function inPhase(phase, attributes) {
  return async ({ host }) => {
    await host.open('plain', attributes);
    await host.waitForPhase(phase);
  };
}

function open(attributes) {
  return async ({ host }) => {
    await host.open('plain', attributes);
    await host.openPopup();
  };
}

function pending(method, attributes) {
  return async ({ host }) => {
    await host.open('plain', attributes);
    const popup = await host.openPopup();
    await popup.startPending(method);
    await popup.finish();
    await host.waitForPhase('pending');
  };
}
