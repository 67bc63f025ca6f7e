// The playground: the element in each state, its events and attributes, and the gateway's faults.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

const id = (name) => `[data-testid=${name}]`;

/** Page object of the live page. */
class Playground {
  constructor({ storefront, browser, services }) {
    this.storefront = storefront;
    this.browser = browser;
    this.services = services;
  }

  async open() {
    await this.storefront.open('/playground/playground.html');
    await until('no planned faults', async () => (await this.fact('planned')) === 'No faults planned.');
  }

  fact(name) {
    return this.browser.run((selector) => document.querySelector(selector)?.textContent ?? '', id(name));
  }

  async waitForFact(name, expected) {
    let actual;
    await until(() => `${name} ${expected}; it is ${actual}`, async () => (actual = await this.fact(name)) === expected, { timeout: 20_000 });
  }

  /** Clicks the button with this text. */
  async clickButton(text) {
    const count = await this.browser.run((label) => {
      const matches = [...document.querySelectorAll('button')].filter((button) => button.textContent === label);
      for (const button of document.querySelectorAll('[data-pressed]')) delete button.dataset.pressed;
      if (matches.length === 1) matches[0].dataset.pressed = 'yes';
      return matches.length;
    }, text);
    assert.equal(count, 1, `buttons ${text}`);
    await this.browser.click('[data-pressed]');
  }

  /** Waits until the log has an entry of this kind. */
  async waitForLogEntry(kind) {
    let kinds = [];
    await until(() => `${kind} in the log; it has ${kinds.join(' ')}`, async () => {
      kinds = await this.browser.run(() => [...document.querySelectorAll('[data-testid=log] li')].map((line) => line.dataset.kind));
      return kinds.includes(kind);
    });
  }
}

spec('the playground shows every state of the element', async ({ storefront, browser }) => {
  await storefront.open('/playground/gallery.html');
  let summary = '';
  await until(() => `all states; the page shows "${summary}"`, async () => (summary = await browser.run(() => document.querySelector('[data-testid=reached]').textContent)) !== '', { timeout: 60_000 });
  const failed = await browser.run(() => [...document.querySelectorAll('.tile:not([data-reached=yes]) .fact')].map((fact) => `${fact.closest('.tile').dataset.testid}: ${fact.textContent}`));
  assert.deepEqual(failed, []);
  assert.match(summary, /^(\d\d) of \1 states reached$/);
  // No state opens the gateway's frame, and no element overlaps the text below it.
  assert.equal(await browser.has('iframe'), false);
  const overlapping = await browser.run(() => [...document.querySelectorAll('.tile')].filter((tile) => {
    const bottoms = [...tile.querySelector('snap-checkout').shadowRoot.querySelectorAll('*')].map((part) => part.getBoundingClientRect().bottom);
    return Math.max(...bottoms) > tile.querySelector('.fact').getBoundingClientRect().top + 1;
  }).map((tile) => tile.dataset.testid));
  assert.deepEqual(overlapping, [], 'elements that overlap the text below them');
  await browser.run(() => {
    const select = document.querySelector('[data-set=language]');
    select.value = 'id';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await until('Indonesian', () => browser.run(() => document.querySelector('[data-testid=state-paid] snap-checkout').shadowRoot.textContent.includes('Pembayaran')));
});

spec('a payment in the playground is logged', async (scene) => {
  const playground = new Playground(scene);
  await playground.open();
  await playground.clickButton('pay()');
  await playground.waitForFact('phase', 'open');
  await new Popup(scene.storefront).payByCard(CARDS.accepted);
  await playground.waitForFact('phase', 'paid');
  for (const kind of ['snap-phase', 'snap-success', 'snap-paid', 'called']) await playground.waitForLogEntry(kind);
  await scene.storefront.assertPaidOnce(await playground.fact('order'));
});

spec('the playground plans gateway faults, clears them, and acts as the customer', async (scene) => {
  const playground = new Playground(scene);
  await playground.open();
  await playground.clickButton('401: key rejected');
  await playground.waitForFact('planned', 'Planned: token status');
  await playground.clickButton('pay()');
  await playground.waitForFact('phase', 'failed');
  assert.equal(await playground.fact('code'), 'token_broken');
  await playground.clickButton('Clear all faults');
  await playground.waitForFact('planned', 'No faults planned.');
  await playground.clickButton('pay()');
  await playground.waitForFact('phase', 'open');
  const popup = new Popup(scene.storefront);
  await popup.startPending('bca_va');
  await popup.finish();
  await playground.waitForFact('phase', 'pending');
  await playground.clickButton('pay');
  await playground.waitForFact('phase', 'paid');
});

spec('an attribute set in the playground is on the element and in its markup', async (scene) => {
  const { browser } = scene;
  const playground = new Playground(scene);
  await playground.open();
  await browser.fill('[name="client-key"]', 'SB-Mid-server-PLAYGROUND');
  await playground.clickButton('New element');
  await until('snap-fault in the log', () => browser.has('[data-testid=log] [data-kind=snap-fault]'));
  assert.match(await playground.fact('log'), /attribute_invalid/);
  assert.match(await playground.fact('markup'), /client-key="SB-Mid-server-PLAYGROUND"/);
  // The element dispatches the event first and shows the fallback after it.
  await until('fallback of the page', () => browser.run(() => document.querySelector('snap-checkout a').getBoundingClientRect().height > 0));
});
