// The page moves, removes or changes the element during a payment; keyboard use; language, theme, texts and nonce.
import assert from 'node:assert/strict';
import { CARDS } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

spec('a moved element continues, also with an open popup', async ({ host, browser }) => {
  await host.open('plain');
  await host.waitForPhase('idle');
  const move = () => browser.run(() => {
    const section = document.createElement('section');
    document.querySelector('main').append(section);
    section.append(document.querySelector('#pay'));
  });
  await move();
  await host.waitForPhase('idle');
  const popup = await host.openPopup();
  await move();
  await host.waitForPhase('open');
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('a removed element closes its popup, and continues the same payment when it is reinserted', async ({ host, browser }) => {
  await host.open('plain');
  await host.openPopup();
  await browser.run(() => {
    window.removedElement = document.querySelector('#pay');
    window.removedElement.remove();
  });
  await until('hidden popup', () => browser.run(() => getComputedStyle(document.querySelector('#snap-midtrans')).display === 'none'));
  await browser.run(() => { document.querySelector('main').append(window.removedElement); });
  await host.waitForPhase('closed');
  await host.clickAction('pay');
  await host.waitForPhase('open');
  await host.popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('attribute changes during a payment do not affect it', async ({ host, browser, services }) => {
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
  await host.waitForPhase('open');
  await browser.run(() => { document.querySelector('#pay').removeAttribute('client-key'); });
  await until('snap-fault for the missing attribute', async () => (await host.events('fault')).some(({ code }) => code === 'attribute_missing'));
  await host.waitForPhase('open');
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  const id = await host.waitUntilPaid();
  assert.deepEqual((await services.order(id)).items.map((item) => [item.id, item.quantity]), [['kopi-gayo-250g', 1]]);
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('the customer pays the order that was set last before the click', async ({ host, browser, services }) => {
  await host.open('plain');
  await host.waitForPhase('idle');
  await browser.run(() => {
    const element = document.querySelector('#pay');
    element.order = { items: [{ id: 'teh-melati-100g', quantity: 2 }] };
    element.amount = 84000;
  });
  const popup = await host.openPopup();
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  const id = await host.waitUntilPaid();
  assert.deepEqual((await services.order(id)).items.map((item) => [item.id, item.quantity]), [['teh-melati-100g', 2]]);
});

spec('the popup opens and closes by keyboard, and the focus returns to the button', async ({ host, browser }) => {
  await host.open('plain');
  await host.waitForPhase('idle');
  const focused = () => browser.run(() => {
    const { shadowRoot } = document.querySelector('#pay');
    return document.activeElement?.id === 'pay' && shadowRoot.activeElement?.dataset.way === 'pay';
  });
  for (let tabs = 0; !(await focused()); tabs += 1) {
    assert.ok(tabs < 20, 'Tab did not reach the pay button');
    await browser.press('Tab');
  }
  for (const time of ['first', 'second']) {
    await browser.press('Enter');
    await host.waitForPhase('open');
    await until(`focus in the popup, the ${time} time`, () => browser.run(() => document.activeElement?.id === 'snap-midtrans'));
    await host.popup.close();
    await host.waitForPhase('closed');
    await until(`focus on the button, the ${time} time`, focused);
  }
  await host.assertClean();
});

spec('the element has the language of the page unless its own is set', async ({ host, browser }) => {
  const label = () => browser.text('#pay >>> [data-way=pay]');
  await host.open('plain');
  await host.waitForPhase('idle');
  assert.match(await label(), /^Bayar Rp\s89\.000$/);
  await browser.run(() => { document.querySelector('#pay').language = 'en'; });
  await until('English', async () => /^Pay (Rp|IDR)\s89[.,]000$/.test(await label()));
  await host.assertClean();
});

spec('a forced theme applies to the placeholder and to the loaded element, and can be changed and removed', async ({ host, browser }) => {
  const light = 'rgb(11, 95, 102)';
  const dark = 'rgb(79, 195, 201)';
  const button = () => browser.run(() => getComputedStyle(document.querySelector('#pay').shadowRoot.querySelector('button')).backgroundColor);
  const waitForColour = async (colour) => {
    let actual;
    await until(() => `button in ${colour}; it is ${actual}`, async () => (actual = await button()) === colour);
  };
  const set = (theme) => browser.run((value) => { document.querySelector('#pay').theme = value; }, theme);
  // The test forces the theme that is not the system's.
  const [systemColour, forcedColour] = (await browser.run(() => matchMedia('(prefers-color-scheme: dark)').matches)) ? [dark, light] : [light, dark];
  const forced = forcedColour === dark ? 'dark' : 'light';
  const hold = host.hosts.holdResponses(/\.wasm$/);
  await host.open('plain', { theme: forced });
  await hold.arrived;
  await waitForColour(forcedColour);
  await set('auto');
  await waitForColour(systemColour);
  await set(forced);
  await waitForColour(forcedColour);
  hold.release();
  await host.waitForPhase('idle');
  await waitForColour(forcedColour);
  await set('auto');
  await waitForColour(systemColour);
  await set(forced);
  await waitForColour(forcedColour);
  const popup = await host.openPopup();
  assert.equal(await browser.run(() => document.querySelector('#pay').shadowRoot.querySelector('.snap-checkout').dataset.theme), forced);
  await set(undefined);
  await until('theme change during a payment', () => browser.run(() => document.querySelector('#pay').shadowRoot.querySelector('.snap-checkout').dataset.theme === 'auto'));
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  await host.assertClean();
});

spec('custom texts apply to the placeholder and to the loaded element, and an unknown name is reported', async ({ host, browser }) => {
  const set = (texts) => browser.run((value) => { document.querySelector('#pay').texts = value; }, texts);
  const waitForLabel = (label) => until(`button with ${label}`, async () => (await browser.text('#pay >>> button')).startsWith(label));
  const hold = host.hosts.holdResponses(/\.wasm$/);
  await host.open('plain');
  await hold.arrived;
  await waitForLabel('Bayar');
  await set({ pay_amount: 'Beli kopi' });
  await waitForLabel('Beli kopi');
  hold.release();
  await host.waitForPhase('idle');
  await waitForLabel('Beli kopi');
  await set({ pay_amount: 'Beli dua', none_such: 'x' });
  await waitForLabel('Beli dua');
  const [fault, ...more] = await until('snap-fault', async () => {
    const faults = await host.events('fault');
    return faults.length && faults;
  });
  assert.deepEqual([fault.code, more], ['attribute_invalid', []]);
  assert.match(fault.message, /texts: expected the name of a text, and got "none_such"/);
  const popup = await host.openPopup();
  await set({ open: 'Kopi menunggu', paid_detail: 'Kopi dikirim besok.' });
  await until('custom text during a payment', async () => (await browser.run(() => document.querySelector('#pay').shadowRoot.textContent)).includes('Kopi menunggu'));
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  assert.match(await browser.text('#pay >>> .snap-checkout'), /Kopi dikirim besok\./);
  await host.assertClean();
});

spec('a nonce set as a property is enough for a policy without the gateway\'s origin', async ({ host, browser }) => {
  await host.open('nonce');
  const popup = await host.openPopup();
  assert.equal(await browser.run(() => document.querySelector('#pay').hasAttribute('nonce')), false);
  await popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid();
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('without the nonce the element reports the policy, and the customer can pay on the hosted page', async ({ host, browser, gateway }) => {
  await host.open('nonce', { 'without-nonce': '' });
  await host.clickAction('pay');
  assert.equal((await host.waitForPhase('failed')).code, 'script_csp');
  await host.clickAction('hosted');
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
});
