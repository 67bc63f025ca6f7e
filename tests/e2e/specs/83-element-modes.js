// The modes of the element: popup, embed, redirect and auto.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('mode embed shows the payment page inside the page, and removes it after the payment', async ({ host, browser }) => {
  await host.open('plain', { mode: 'embed' });
  const popup = await host.openPopup();
  let box;
  await until(() => `payment page inside the page; its frame is ${JSON.stringify(box)}`, async () => {
    box = await browser.run(() => {
      const frame = document.querySelector('#pay > [slot=snap-embed] #snap-midtrans');
      const { width, height } = frame?.getBoundingClientRect() ?? {};
      return { width, height, position: frame && getComputedStyle(frame).position };
    });
    return box.width >= 320 && box.height >= 560 && box.position === 'static';
  });
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  await until('removal of the embedded payment page', async () => !(await browser.has('#pay > [slot=snap-embed]')));
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('mode embed uses the popup where the space is too small', async ({ host, browser }) => {
  await host.open('plain', { mode: 'embed' });
  await browser.run(() => { document.querySelector('main').style.width = '300px'; });
  const popup = await host.openPopup();
  await until('popup over the page', () => browser.run(() => getComputedStyle(document.querySelector('#snap-midtrans')).position === 'fixed'));
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('mode redirect leads to the hosted page without loading snap.js', async ({ host, gateway, browser }) => {
  await host.open('plain', { mode: 'redirect' });
  await host.clickPay();
  await payOnHostedPage({ host, gateway, browser });
});

spec('the hosted page has the language and the options of the element', async ({ host, gateway, browser }) => {
  await host.open('plain', { mode: 'redirect', language: 'en', 'ui-mode': 'qr', 'selected-payment-type': 'gopay' });
  await host.clickPay();
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  const { searchParams } = new URL(await browser.url());
  assert.deepEqual([...searchParams], [['language', 'en'], ['selectedPaymentType', 'gopay'], ['gopayMode', 'qr']]);
  await until('English', () => browser.run(() => document.documentElement.lang === 'en'));
});

for (const [origin, attributes] of [['the same origin', {}], ['another origin', { 'other-origin': '' }]]) {
  spec(`mode auto in a frame of ${origin} opens the hosted page in the top window`, async ({ host, gateway, browser }) => {
    await host.open('framed', attributes);
    await browser.enter('#shop');
    await host.clickPay();
    await payOnHostedPage({ host, gateway, browser });
  });
}

spec('mode auto in a sandboxed frame opens the hosted page inside the frame', async ({ host, gateway, browser, services }) => {
  await host.open('framed', { 'other-origin': '', sandbox: 'allow-scripts allow-same-origin allow-forms' });
  const topUrl = await browser.url();
  await browser.enter('#shop');
  await host.clickPay();
  await until('hosted page', () => browser.run((origin) => location.origin === origin, gateway.origin));
  const popup = new Popup(host, { hosted: true });
  popup.enter = async () => { await browser.top(); await browser.enter('#shop'); };
  await popup.startPending('bca_va');
  const [{ order_id: id }] = await gateway.transactions();
  await gateway.trigger('pay', id);
  await until('paid order at the backend', async () => (await services.order(id)).status === 'paid');
  await browser.top();
  assert.equal(await browser.url(), topUrl);
});

const INSTAGRAM = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0.0.26.91 (iPhone14,5; iOS 17_5)';

spec('mode auto in an in-app browser leads to the hosted page', async ({ host, gateway, browser }) => {
  await host.open('plain');
  assert.equal(await browser.run(() => navigator.userAgent), INSTAGRAM);
  await host.clickPay();
  await payOnHostedPage({ host, gateway, browser });
}, { engines: ['chromium', 'firefox'], userAgent: INSTAGRAM }); // WebKit's driver cannot change the user agent.

/** Waits for the hosted page in the top window, pays there, and checks that the order is paid once. */
async function payOnHostedPage({ host, gateway, browser }) {
  await browser.top();
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  assert.equal(host.hosts.tokenRequests(), 1);
  const requests = await gateway.control('GET', '/requests');
  assert.ok(!requests.some(({ path }) => path.endsWith('/snap.js')), 'the page fetched snap.js without need');
  await new Popup(host, { hosted: true }).payByCard(CARDS.acceptedWithoutOtp);
  const id = await until('redirect to the order', async () => /\/order\/(\w+)/.exec(await browser.url())?.[1]);
  await until('paid order at the backend', async () => (await host.services.order(id)).status === 'paid');
  await host.assertPaidOnce(id);
}

spec('a mode that changes while the popup is open applies to the next payment', async ({ host, browser }) => {
  await host.open('plain');
  const popup = await host.openPopup();
  await browser.run(() => { document.querySelector('#pay').mode = 'redirect'; });
  await popup.close();
  await host.waitForPhase('closed');
  assert.ok((await browser.url()).includes('/hosts/plain/'));
});
