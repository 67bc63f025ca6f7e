// The gateway's payment page, in the popup or on its own: what a customer does there.
import { until } from './process.js';

export const CARDS = {
  accepted: { number: '4811111111111114', otp: '112233' },
  declined: { number: '4911111111111113', otp: '112233' },
  acceptedAtOnce: { number: '4411111111111118' },
  acceptedLater: { number: '4024007176265022' },
};

const id = (name) => `[data-testid="${name}"]`;

export class Popup {
  constructor(shop, { hosted = false } = {}) {
    this.shop = shop;
    this.browser = shop.browser;
    this.hosted = hosted;
  }

  /** To the payment page, from wherever we are. */
  async enter() {
    await this.browser.top();
    if (!this.hosted) await this.browser.enter('#snap-midtrans');
  }

  /** Chooses a method from the list. */
  async choose(method) {
    await this.enter();
    await this.browser.click(id(`method-${method}`));
  }

  /** Fills in the card, confirms at the bank. What follows is for the caller to see. */
  async payWith({ number, otp }) {
    const { browser } = this;
    await this.choose('credit_card');
    await browser.fill('#card-number', number);
    await browser.fill('#card-expiry', '1230');
    await browser.fill('#card-cvv', '123');
    await browser.click(id('pay'));
    if (!otp) return;
    await browser.enter('iframe.iframe-3ds');
    await browser.fill(id('otp'), otp);
    await browser.click(id('otp-submit'));
    await this.enter();
  }

  /** Pays by card and goes back to the shop: by the button, unless the page was quicker and ended by itself. */
  async payByCard(card) {
    const { browser } = this;
    await this.payWith(card);
    await until('end of a paid popup', async () => {
      if (!(await browser.has(id('popup')))) return true;
      const done = await browser.find(`${id('success')} ${id('done')}`, true);
      if (done) await browser.clickOn(done);
      return Boolean(done);
    });
    await browser.top();
  }

  /** Tries a card that the bank refuses, and sees that the page says so. */
  async declineCard(card) {
    await this.payWith(card);
    await this.browser.element(id('declined'));
  }

  /** Three refused cards: the gateway gives up. */
  async declineToTheEnd(card) {
    await this.declineCard(card);
    await this.browser.click(id('other-method'));
    await this.declineCard(card);
    await this.browser.click(id('other-method'));
    await this.payWith(card);
    await this.browser.element(id('failed'));
    await this.finish();
  }

  /** Chooses a method that is paid elsewhere, and sees the instructions. */
  async start(method) {
    await this.choose(method);
    await this.browser.element(id('pending'));
  }

  /** The number to pay, as the customer reads it here. */
  number(kind = 'va-number') {
    return this.browser.text(id(kind));
  }

  /** Back to the shop, by the button of the last page. */
  async finish() {
    await this.browser.click(id('done'));
    await this.browser.top();
  }

  /** Closes by the X. */
  async close() {
    await this.enter();
    await this.browser.click(id('close'));
    await this.browser.top();
  }

  /** The token that the popup was really opened with: the last one it asked the gateway about. */
  async token() {
    await this.enter();
    const token = await until('token in the popup', () => this.browser.run(() => performance.getEntriesByType('resource')
      .map(({ name }) => /\/api\/sessions\/([^/?]+)\?.*opening=true/.exec(name)?.[1]).filter(Boolean).pop()));
    await this.browser.top();
    return token;
  }
}
