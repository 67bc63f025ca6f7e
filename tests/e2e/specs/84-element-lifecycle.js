// What a page may do to the element while its customer pays, and what the customer may do with it.
import assert from 'node:assert/strict';
import { CARDS } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('an element that is moved goes on, with the popup open too', async ({ host, browser }) => {
  await host.open('plain');
  await host.phase('idle');
  const move = () => browser.run(() => {
    const place = document.createElement('section');
    document.querySelector('main').append(place);
    place.append(document.querySelector('#pay'));
  });
  await move();
  await host.phase('idle');
  const popup = await host.openPopup();
  await move();
  await host.phase('open');
  await popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  await host.isAlone();
  await host.isClean();
});

spec('an element that is taken away closes its popup; put back, it goes on with the same payment', async ({ host, browser }) => {
  await host.open('plain');
  await host.openPopup();
  await browser.run(() => {
    window.kept = document.querySelector('#pay');
    window.kept.remove();
  });
  await until('end of the popup', () => browser.run(() => getComputedStyle(document.querySelector('#snap-midtrans')).display === 'none'));
  await browser.run(() => { document.querySelector('main').append(window.kept); });
  await host.phase('closed');
  await host.press('pay');
  await host.phase('open');
  await host.popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  await host.isAlone();
  await host.isClean();
});

spec('attributes that change in the middle of a payment do not touch it', async ({ host, browser, stage }) => {
  await host.open('plain');
  const popup = await host.openPopup();
  await browser.run(() => {
    const element = document.querySelector('#pay');
    element.setAttribute('order', '{"items":[{"id":"teh-melati-100g","quantity":9}]}');
    element.setAttribute('amount', '1');
    element.setAttribute('token-url', '/nowhere');
    element.setAttribute('client-key', 'SB-Mid-client-other');
    element.setAttribute('environment', 'production');
  });
  await host.phase('open');
  await browser.run(() => { document.querySelector('#pay').removeAttribute('client-key'); });
  await until('word on what is missing', async () => (await host.events('fault')).some(({ code }) => code === 'attribute_missing'));
  await host.phase('open');
  await popup.payByCard(CARDS.acceptedAtOnce);
  const id = await host.isPaid();
  assert.deepEqual((await stage.order(id)).items.map((item) => [item.id, item.quantity]), [['kopi-gayo-250g', 1]]);
  await host.isAlone();
  await host.isClean();
});

spec('an order that changes before the press is the one that is paid', async ({ host, browser, stage }) => {
  await host.open('plain');
  await host.phase('idle');
  await browser.run(() => {
    const element = document.querySelector('#pay');
    element.order = { items: [{ id: 'teh-melati-100g', quantity: 2 }] };
    element.amount = 84000;
  });
  const popup = await host.openPopup();
  await popup.payByCard(CARDS.acceptedAtOnce);
  const id = await host.isPaid();
  assert.deepEqual((await stage.order(id)).items.map((item) => [item.id, item.quantity]), [['teh-melati-100g', 2]]);
});

spec('the keyboard alone opens the popup and closes it, and the focus is on the button again', async ({ host, browser }) => {
  await host.open('plain');
  await host.phase('idle');
  const focused = () => browser.run(() => {
    const inside = document.querySelector('#pay').shadowRoot;
    return document.activeElement?.id === 'pay' && inside.activeElement?.dataset.way === 'pay';
  });
  for (let tabs = 0; !(await focused()); tabs += 1) {
    assert.ok(tabs < 20, 'Tab never reached the pay button');
    await browser.press('Tab');
  }
  for (const time of ['first', 'second']) {
    await browser.press('Enter');
    await host.phase('open');
    await until(`focus in the popup, the ${time} time`, () => browser.run(() => document.activeElement?.id === 'snap-midtrans'));
    await host.popup.close();
    await host.phase('closed');
    await until(`focus on the button, the ${time} time`, focused);
  }
  await host.isClean();
});

spec('the language is the page\'s unless said otherwise', async ({ host, browser }) => {
  const label = () => browser.text('#pay >>> [data-way=pay]');
  await host.open('plain');
  await host.phase('idle');
  assert.match(await label(), /^Bayar Rp\s89\.000$/);
  await browser.run(() => { document.querySelector('#pay').language = 'en'; });
  await until('English', async () => /^Pay (Rp|IDR)\s89[.,]000$/.test(await label()));
  await host.isClean();
});

spec('a theme that is forced counts in the skeleton, in the widget and when it changes, and no longer when it is taken away', async ({ host, browser }) => {
  const light = 'rgb(11, 95, 102)';
  const dark = 'rgb(79, 195, 201)';
  const button = () => browser.run(() => getComputedStyle(document.querySelector('#pay').shadowRoot.querySelector('button')).backgroundColor);
  const becomes = async (colour) => {
    let is;
    await until(() => `button in ${colour}; it is ${is}`, async () => (is = await button()) === colour);
  };
  const set = (theme) => browser.run((value) => { document.querySelector('#pay').theme = value; }, theme);
  // What the machine is: each is forced to the other.
  const [usual, other] = (await browser.run(() => matchMedia('(prefers-color-scheme: dark)').matches)) ? [dark, light] : [light, dark];
  const forced = other === dark ? 'dark' : 'light';
  const held = host.hosts.hold(/\.wasm$/);
  await host.open('plain', { theme: forced });
  await held.arrived;
  await becomes(other);
  await set('auto');
  await becomes(usual);
  await set(forced);
  await becomes(other);
  held.release();
  await host.phase('idle');
  await becomes(other);
  await set('auto');
  await becomes(usual);
  await set(forced);
  await becomes(other);
  const popup = await host.openPopup();
  assert.equal(await browser.run(() => document.querySelector('#pay').shadowRoot.querySelector('.snap-checkout').dataset.theme), forced);
  await set(undefined);
  await until('theme in the middle of a payment', () => browser.run(() => document.querySelector('#pay').shadowRoot.querySelector('.snap-checkout').dataset.theme === 'auto'));
  await popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  await host.isClean();
});

spec('own texts count in the skeleton, in the widget and when they change, and one that nobody knows is told', async ({ host, browser }) => {
  const set = (texts) => browser.run((value) => { document.querySelector('#pay').texts = value; }, texts);
  const says = (words) => until(`button with ${words}`, async () => (await browser.text('#pay >>> button')).startsWith(words));
  const held = host.hosts.hold(/\.wasm$/);
  await host.open('plain');
  await held.arrived;
  await says('Bayar');
  await set({ pay_amount: 'Beli kopi' });
  await says('Beli kopi');
  held.release();
  await host.phase('idle');
  await says('Beli kopi');
  await set({ pay_amount: 'Beli dua', none_such: 'x' });
  await says('Beli dua');
  const [fault, ...more] = await until('snap-fault', async () => {
    const told = await host.events('fault');
    return told.length && told;
  });
  assert.deepEqual([fault.code, more], ['attribute_invalid', []]);
  assert.match(fault.message, /texts: expected the name of a text, and got "none_such"/);
  const popup = await host.openPopup();
  await set({ open: 'Kopi menunggu', paid_detail: 'Kopi dikirim besok.' });
  await until('own text in the middle of a payment', async () => (await browser.run(() => document.querySelector('#pay').shadowRoot.textContent)).includes('Kopi menunggu'));
  await popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  assert.match(await browser.text('#pay >>> .snap-checkout'), /Kopi dikirim besok\./);
  await host.isClean();
});

spec('a nonce given by property is enough for a policy that names no gateway', async ({ host, browser }) => {
  await host.open('nonce');
  const popup = await host.openPopup();
  assert.equal(await browser.run(() => document.querySelector('#pay').hasAttribute('nonce')), false);
  await popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid();
  await host.isAlone();
  await host.isClean();
});

spec('without it such a policy is said, and the hosted page takes the money', async ({ host, browser, gateway }) => {
  await host.open('nonce', { without: '' });
  await host.press('pay');
  assert.equal((await host.phase('failed')).code, 'script_csp');
  await host.press('hosted');
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
});
