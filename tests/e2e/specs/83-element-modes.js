// The ways to the payment page that an element may be told to take.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('mode embed shows the payment page inside the page, and takes it away when it is over', async ({ host, browser }) => {
  await host.open('plain', { mode: 'embed' });
  const popup = await host.openPopup();
  const box = await browser.run(() => {
    const frame = document.querySelector('#pay > [slot=snap-embed] #snap-midtrans');
    const { width, height } = frame?.getBoundingClientRect() ?? {};
    return { width, height, position: frame && getComputedStyle(frame).position };
  });
  assert.ok(box.width >= 320 && box.height >= 560 && box.position === 'static', JSON.stringify(box));
  await popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  assert.ok(!(await browser.has('#pay > [slot=snap-embed]')));
  await host.isAlone();
  await host.isClean();
});

spec('mode embed takes the popup where there is no room', async ({ host, browser }) => {
  await host.open('plain', { mode: 'embed' });
  await browser.run(() => { document.querySelector('main').style.width = '300px'; });
  const popup = await host.openPopup();
  assert.equal(await browser.run(() => getComputedStyle(document.querySelector('#snap-midtrans')).position), 'fixed');
  await popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  await host.isAlone();
  await host.isClean();
});

spec('mode redirect goes to the hosted page, without the script of the gateway', async ({ host, gateway, browser }) => {
  await host.open('plain', { mode: 'redirect' });
  await host.pressPay();
  await paysThere({ host, gateway, browser });
});

spec('the hosted page speaks the language of the element, and takes its options', async ({ host, gateway, browser }) => {
  await host.open('plain', { mode: 'redirect', language: 'en', 'ui-mode': 'qr', 'selected-payment-type': 'gopay' });
  await host.pressPay();
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  const { searchParams } = new URL(await browser.url());
  assert.deepEqual([...searchParams], [['language', 'en'], ['selectedPaymentType', 'gopay'], ['gopayMode', 'qr']]);
  await until('English', () => browser.run(() => document.documentElement.lang === 'en'));
});

for (const [whose, attributes] of [['of its own origin', {}], ['of another origin', { stranger: '' }]]) {
  spec(`mode auto inside a frame ${whose} leaves it for the hosted page`, async ({ host, gateway, browser }) => {
    await host.open('framed', attributes);
    await browser.enter('#shop');
    await host.pressPay();
    await paysThere({ host, gateway, browser });
  });
}

spec('mode auto inside a frame that must not be left goes to the hosted page inside it', async ({ host, gateway, browser, stage }) => {
  await host.open('framed', { stranger: '', sandbox: 'allow-scripts allow-same-origin allow-forms' });
  const around = await browser.url();
  await browser.enter('#shop');
  await host.pressPay();
  await until('hosted page', () => browser.run((origin) => location.origin === origin, gateway.origin));
  const popup = new Popup(host, { hosted: true });
  popup.enter = async () => { await browser.top(); await browser.enter('#shop'); };
  await popup.start('bca_va');
  const [{ order_id: id }] = await gateway.transactions();
  await gateway.happen('pay', id);
  await until('word that it is paid', async () => (await stage.order(id)).status === 'paid');
  await browser.top();
  assert.equal(await browser.url(), around);
});

const INSTAGRAM = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 350.0.0.26.91 (iPhone14,5; iOS 17_5)';

spec('mode auto in the browser of another app goes to the hosted page', async ({ host, gateway, browser }) => {
  await host.open('plain');
  assert.equal(await browser.run(() => navigator.userAgent), INSTAGRAM);
  await host.pressPay();
  await paysThere({ host, gateway, browser });
}, { engines: ['chromium', 'firefox'], calledAs: INSTAGRAM }); // WebKit's driver lets it call itself nothing else.

/** The whole window is at the hosted page; paying there leads to the order, which is paid once. */
async function paysThere({ host, gateway, browser }) {
  await browser.top();
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  assert.equal(host.hosts.tokenRequests(), 1);
  const asked = await gateway.control('GET', '/requests');
  assert.ok(!asked.some(({ path }) => path.endsWith('/snap.js')), 'snap.js was fetched in vain');
  await new Popup(host, { hosted: true }).payByCard(CARDS.acceptedAtOnce);
  const id = await until('way back to the order', async () => /\/order\/(\w+)/.exec(await browser.url())?.[1]);
  await until('word that it is paid', async () => (await host.stage.order(id)).status === 'paid');
  await host.paidOnce(id);
}

spec('a mode that changes while the popup is open counts from the next payment', async ({ host, browser }) => {
  await host.open('plain');
  const popup = await host.openPopup();
  await browser.run(() => { document.querySelector('#pay').mode = 'redirect'; });
  await popup.close();
  await host.phase('closed');
  assert.ok((await browser.url()).includes('/hosts/plain/'));
});
