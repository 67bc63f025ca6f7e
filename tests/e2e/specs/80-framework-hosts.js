// Other people's pages, each built as its makers build: the widget pays in all of them, with one script tag of the
// gateway's, one payment window and one token, under the documented policy.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

for (const name of ['plain', 'inline-element', 'react', 'vue', 'svelte', 'hostile']) {
  spec(`a card pays in the ${name} host`, async ({ host, browser }) => {
    await host.open(name);
    const popup = await host.openPopup();
    await popup.payByCard(CARDS.accepted);
    const id = await host.isPaid();
    await host.isAlone();
    assert.equal((await host.events('success')).length, 1);
    if (['react', 'vue', 'svelte'].includes(name)) assert.equal(await browser.text('#thanks'), `Terima kasih: ${id} 1`);
    await host.isClean();
  });
}

for (const name of ['react', 'vue', 'svelte']) {
  spec(`what the ${name} host changes before paying is what is paid, and its handler is the latest`, async ({ host, browser, stage }) => {
    await host.open(name);
    await host.phase('idle');
    await browser.click('#more');
    await browser.click('#more');
    const popup = await host.openPopup();
    await popup.payByCard(CARDS.acceptedAtOnce);
    const id = await host.isPaid();
    assert.equal((await stage.order(id)).items[0].quantity, 3);
    assert.equal(await browser.text('#thanks'), `Terima kasih: ${id} 3`);
    await host.isAlone();
    await host.isClean();
  }, { engines: ['chromium'] }); // What a framework hands on is the same everywhere.
}

spec('a form page that the server renders: an order by its form, paid in the popup', async ({ host, browser }) => {
  await host.open('php');
  await browser.click('#buy');
  await browser.element('snap-checkout');
  const widget = 'snap-checkout';
  const popup = await host.openPopup(widget);
  await popup.payByCard(CARDS.accepted);
  await browser.top();
  await host.phase('paid', widget);
  const id = (await browser.url()).split('/').pop();
  await host.paidOnce(id);
  await host.isAlone();
  await host.isClean();
});

spec('a form page that the server renders: without the widget its own form leads to the hosted page', async ({ host, gateway, browser }) => {
  host.hosts.breaks(/^\/npm\//, { status: 404 });
  await host.open('php');
  await browser.click('#buy');
  await browser.click('#hosted');
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  await new Popup(host, { hosted: true }).payByCard(CARDS.accepted);
  const id = await until('way back to the order', async () => /\/order\/(\w+)/.exec(await browser.url())?.[1]);
  await until('word that it is paid', async () => (await host.stage.order(id)).status === 'paid');
  await host.paidOnce(id);
});
