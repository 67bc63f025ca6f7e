// Every state of <snap-checkout> in a plain page, and the real way to it. Like lib/checkout-states.js for the storefront.
import { CARDS } from './payment-popup.js';
import { until } from './process.js';

/** `{ host, gateway, browser, stage }` → the state is on the screen, the outer page in focus of the driver. */
export const ELEMENT_STATES = {
  'element-loading': loading(),
  'element-early-click': async ({ host, browser }) => {
    await ELEMENT_STATES['element-loading']({ host, browser });
    await browser.click('#pay >>> button');
    await browser.element('#pay >>> button[aria-busy=true]');
  },
  'element-idle': at('idle'),
  'element-idle-english': at('idle', { language: 'en' }),
  'element-disabled': at('idle', { disabled: '' }),
  'element-preparing': async ({ host, gateway }) => {
    await gateway.fault({ target: 'token', fault: 'hang', times: 0 });
    await host.open('plain');
    await host.pressPay();
    await host.phase('preparing');
  },
  'element-open': open(),
  'element-embed': embed(),
  'element-embed-card': embed(async (popup) => {
    await popup.choose('credit_card');
    await popup.browser.element('#card-number');
  }),
  'element-embed-va': embed((popup) => popup.start('bca_va')),
  'element-closed': async (scene) => {
    await open()(scene);
    await scene.host.popup.close();
    await scene.host.phase('closed');
  },
  'element-confirming': async (scene) => {
    await scene.gateway.fault({ target: 'notification', fault: 'hold', times: 0 });
    await scene.gateway.fault({ target: 'status', fault: 'hang', times: 0 });
    await open()(scene);
    await scene.host.popup.payByCard(CARDS.accepted);
    await scene.host.phase('confirming');
  },
  'element-pending-va': pending('bca_va'),
  'element-pending-bill': pending('echannel'),
  'element-pending-qris': pending('other_qris'),
  'element-pending-store': pending('indomaret'),
  'element-failed-script': async ({ host, gateway }) => {
    await gateway.fault({ target: 'snap_js', fault: 'reset', times: 0 });
    await host.open('plain');
    await host.pressPay();
    await host.phase('failed');
  },
  'element-failed-gateway': failed(),
  'element-failed-declined': async (scene) => {
    await open()(scene);
    await scene.host.popup.declineToTheEnd(CARDS.declined);
    await scene.host.phase('failed');
  },
  'element-handed-over': async (scene) => {
    await ELEMENT_STATES['element-failed-script'](scene);
    await scene.host.press('hosted');
    await until('hosted page', async () => (await scene.browser.url()).startsWith(scene.gateway.origin));
    await scene.browser.back();
    await scene.host.phase(['handed-over', 'closed', 'confirming']);
  },
  'element-paid': paid(),
  'element-reported': async (scene) => {
    // A backend that hands on Midtrans' own answer: it has no word on the order.
    await open({ 'token-url': '/hosts/token' })(scene);
    await scene.host.popup.payByCard(CARDS.acceptedAtOnce);
    await scene.host.phase('reported');
  },
  'element-ended': async (scene) => {
    await pending('bca_va')(scene);
    const [transaction] = await scene.gateway.transactions();
    await scene.gateway.happen('expire', transaction.order_id);
    await scene.host.phase('ended');
  },
  'element-texts': async ({ host, browser }) => {
    await host.open('plain');
    await browser.run(() => { document.querySelector('#pay').texts = { pay_amount: 'Pesan tiket konser dan makan malam seharga', secured: 'Penitipan uang oleh Midtrans' }; });
    await host.phase('idle');
    await until('own texts', async () => (await browser.text('#pay >>> [data-way=pay]')).startsWith('Pesan tiket'));
  },
  'element-missing': async ({ host, browser }) => {
    host.hosts.breaks(/\.wasm$/, { status: 404 });
    await host.open('plain');
    await browser.element('#pay > a');
  },
  'element-wrong-attribute': async ({ host }) => {
    await host.open('plain', { environment: 'staging' });
    await until('snap-fault', async () => (await host.events('fault')).length);
  },
};

// A theme that is forced, on a light machine and on a dark one.
for (const theme of ['light', 'dark']) {
  for (const [name, reach] of Object.entries({
    'loading': loading({ theme }),
    'idle': at('idle', { theme }),
    'disabled': at('idle', { theme, disabled: '' }),
    'embed': embed(undefined, { theme }),
    'pending-va': pending('bca_va', { theme }),
    'failed-gateway': failed({ theme }),
    'paid': paid({ theme }),
  })) ELEMENT_STATES[`element-${name}-forced-${theme}`] = reach;
}

function loading(attributes) {
  return async ({ host, browser }) => {
    const held = host.hosts.hold(/\.wasm$/);
    await host.open('plain', attributes);
    await held.arrived;
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
    await gateway.fault({ target: 'token', fault: 'status', status: 401, times: 0 });
    await host.open('plain', attributes);
    await host.pressPay();
    await host.phase('failed');
  };
}

function paid(attributes) {
  return async (scene) => {
    await open(attributes)(scene);
    await scene.host.popup.payByCard(CARDS.acceptedAtOnce);
    await scene.host.isPaid();
  };
}

function at(phase, attributes) {
  return async ({ host }) => {
    await host.open('plain', attributes);
    await host.phase(phase);
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
    await popup.start(method);
    await popup.finish();
    await host.phase('pending');
  };
}
