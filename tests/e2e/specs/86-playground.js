// The playground: the real element, each of its states, and each fault of the gateway at a button.
import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

const id = (name) => `[data-testid=${name}]`;

/** The live page, as a developer uses it. */
class Playground {
  constructor({ shop, browser, stage }) {
    this.shop = shop;
    this.browser = browser;
    this.stage = stage;
  }

  async open() {
    await this.shop.open('/playground/playground.html');
    await until('the gateway at its buttons', async () => (await this.fact('planned')) === 'Nothing is wrong.');
  }

  fact(name) {
    return this.browser.run((selector) => document.querySelector(selector)?.textContent ?? '', id(name));
  }

  async says(name, expected) {
    let said;
    await until(() => `${name} ${expected}; it is ${said}`, async () => (said = await this.fact(name)) === expected, { timeout: 20_000 });
  }

  /** Presses the button of this text. */
  async press(text) {
    const named = await this.browser.run((wanted) => {
      const found = [...document.querySelectorAll('button')].filter((button) => button.textContent === wanted);
      for (const button of document.querySelectorAll('[data-pressed]')) delete button.dataset.pressed;
      if (found.length === 1) found[0].dataset.pressed = 'yes';
      return found.length;
    }, text);
    assert.equal(named, 1, `buttons ${text}`);
    await this.browser.click('[data-pressed]');
  }

  async heard(event) {
    const kinds = await this.browser.run(() => [...document.querySelectorAll('[data-testid=log] li')].map((line) => line.dataset.kind));
    assert.ok(kinds.includes(event), `${event} in ${kinds.join(' ')}`);
  }
}

spec('every state of the element can be seen in the playground', async ({ shop, browser }) => {
  await shop.open('/playground/gallery.html');
  let said = '';
  await until(() => `all states; it says ${said}`, async () => (said = await browser.run(() => document.querySelector('[data-testid=reached]').textContent)) !== '', { timeout: 60_000 });
  const missed = await browser.run(() => [...document.querySelectorAll('.tile:not([data-reached=yes]) .fact')].map((fact) => `${fact.closest('.tile').dataset.testid}: ${fact.textContent}`));
  assert.deepEqual(missed, []);
  assert.match(said, /^(\d\d) of \1 states reached$/);
  // Nothing went to a gateway, and nothing of the page is over another part of it.
  assert.equal(await browser.has('iframe'), false);
  const over = await browser.run(() => [...document.querySelectorAll('.tile')].filter((tile) => {
    const within = [...tile.querySelector('snap-checkout').shadowRoot.querySelectorAll('*')].map((part) => part.getBoundingClientRect().bottom);
    return Math.max(...within) > tile.querySelector('.fact').getBoundingClientRect().top + 1;
  }).map((tile) => tile.dataset.testid));
  assert.deepEqual(over, [], 'the element is as high as what is in it');
  await browser.run(() => {
    const select = document.querySelector('[data-set=language]');
    select.value = 'id';
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await until('Indonesian', () => browser.run(() => document.querySelector('[data-testid=state-paid] snap-checkout').shadowRoot.textContent.includes('Pembayaran')));
});

spec('the playground pays with the real element, and its log tells', async (scene) => {
  const playground = new Playground(scene);
  await playground.open();
  await playground.press('pay()');
  await playground.says('phase', 'open');
  await new Popup(scene.shop).payByCard(CARDS.accepted);
  await playground.says('phase', 'paid');
  for (const event of ['snap-phase', 'snap-success', 'snap-paid', 'called']) await playground.heard(event);
  await scene.shop.paidOnce(await playground.fact('order'));
});

spec('the playground breaks the gateway, mends it, and plays the customer', async (scene) => {
  const playground = new Playground(scene);
  await playground.open();
  await playground.press('the key is refused');
  await playground.says('planned', 'Waiting: token status');
  await playground.press('pay()');
  await playground.says('phase', 'failed');
  assert.equal(await playground.fact('code'), 'token_broken');
  await playground.press('All well again');
  await playground.says('planned', 'Nothing is wrong.');
  await playground.press('pay()');
  await playground.says('phase', 'open');
  const popup = new Popup(scene.shop);
  await popup.start('bca_va');
  await popup.finish();
  await playground.says('phase', 'pending');
  await playground.press('pay');
  await playground.says('phase', 'paid');
});

spec('an attribute that is set in the playground is on the element and in its markup', async (scene) => {
  const { browser } = scene;
  const playground = new Playground(scene);
  await playground.open();
  await browser.fill('[name="client-key"]', 'SB-Mid-server-PLAYGROUND');
  await playground.press('New element');
  await until('the fault in the log', () => browser.has('[data-testid=log] [data-kind=snap-fault]'));
  assert.match(await playground.fact('log'), /attribute_invalid/);
  assert.match(await playground.fact('markup'), /client-key="SB-Mid-server-PLAYGROUND"/);
  // The element dispatches the event first and shows the fallback after it.
  await until('the fallback of the page', () => browser.run(() => document.querySelector('snap-checkout a').getBoundingClientRect().height > 0));
});
