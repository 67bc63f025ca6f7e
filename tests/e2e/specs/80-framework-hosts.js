// The element on pages of merchants, each built with its framework's own tools. Each page has the documented policy,
// and a payment has one script tag, one popup and one token.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

for (const name of ['plain', 'inline-element', 'react', 'vue', 'svelte', 'hostile']) {
  spec(`a card pays on the ${name} page`, async ({ host, browser }) => {
    await host.open(name);
    const popup = await host.openPopup();
    await popup.payByCard(CARDS.accepted);
    const id = await host.waitUntilPaid();
    await host.assertSinglePayment();
    assert.equal((await host.events('success')).length, 1);
    if (['react', 'vue', 'svelte'].includes(name)) assert.equal(await browser.text('#thanks'), `Terima kasih: ${id} 1`);
    await host.assertClean();
  });
}

for (const name of ['react', 'vue', 'svelte']) {
  spec(`on the ${name} page the customer pays the latest order, and the latest handler runs`, async ({ host, browser, services }) => {
    await host.open(name);
    await host.waitForPhase('idle');
    await browser.click('#more');
    await browser.click('#more');
    const popup = await host.openPopup();
    await popup.payByCard(CARDS.acceptedWithoutOtp);
    const id = await host.waitUntilPaid();
    assert.equal((await services.order(id)).items[0].quantity, 3);
    assert.equal(await browser.text('#thanks'), `Terima kasih: ${id} 3`);
    await host.assertSinglePayment();
    await host.assertClean();
  }, { engines: ['chromium'] }); // How a framework passes properties does not depend on the engine.
}

spec('on a server-rendered page the customer orders by the form and pays in the popup', async ({ host, browser }) => {
  await host.open('php');
  await browser.click('#buy');
  await browser.element('snap-checkout');
  const widget = 'snap-checkout';
  const popup = await host.openPopup(widget);
  await popup.payByCard(CARDS.accepted);
  await browser.top();
  await host.waitForPhase('paid', widget);
  const id = (await browser.url()).split('/').pop();
  await host.assertPaidOnce(id);
  await host.assertSinglePayment();
  await host.assertClean();
});

spec('on a server-rendered page without the element the form leads to the hosted page', async ({ host, gateway, browser }) => {
  host.hosts.replaceResponse(/^\/npm\//, { status: 404 });
  await host.open('php');
  await browser.click('#buy');
  await browser.click('#hosted');
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  await new Popup(host, { hosted: true }).payByCard(CARDS.accepted);
  const id = await until('redirect to the order', async () => /\/order\/(\w+)/.exec(await browser.url())?.[1]);
  await until('paid order at the backend', async () => (await host.services.order(id)).status === 'paid');
  await host.assertPaidOnce(id);
});
