// The storefront as a customer meets it. The selectors are the page's contract with its tests.
import assert from 'node:assert/strict';
import { Popup } from './payment-popup.js';
import { until } from './process.js';

export const CHECKOUT = '.snap-checkout';
export const way = (name) => `${CHECKOUT} [data-way="${name}"]`;

export class Shop {
  constructor(browser, stage) {
    this.browser = browser;
    this.stage = stage;
    this.origin = stage.origin;
  }

  open(path = '/') {
    return this.browser.open(this.origin + path);
  }

  /** Opens the shop and puts one of the first item into the cart. */
  async fillCart() {
    await this.open();
    return this.fillCartHere();
  }

  /** The same in the shop as it stands. */
  async fillCartHere() {
    const [item] = await this.stage.items();
    await this.browser.click(`[data-item="${item.id}"] [data-testid=add]`);
    await this.browser.element('[data-testid=total]');
    await this.introduce();
    return item;
  }

  /** Says who buys. */
  async introduce() {
    await this.browser.fill('[data-testid=cart] [name=name]', 'Sari Wulandari');
    await this.browser.fill('[data-testid=cart] [type=email]', 'sari@example.com');
    await this.browser.fill('[data-testid=cart] [type=tel]', '081234567890');
  }

  /** From the empty cart to the open popup. */
  async openPopup() {
    const item = await this.fillCart();
    await this.pay();
    return item;
  }

  /** Presses "pay" and waits for the popup. */
  async pay() {
    await this.browser.click(way('pay'));
    await this.phase('open');
  }

  /** From the empty cart to a payment that is awaited elsewhere: the order's id. */
  async awaits(method) {
    await this.openPopup();
    const popup = new Popup(this);
    await popup.start(method);
    await popup.finish();
    await this.phase('pending');
    return this.orderId();
  }

  /** The number to pay, as the shop's page shows it. */
  async shownNumber() {
    return (await this.browser.text('[data-testid=payment-code]')).replace(/\s/g, '');
  }

  currentPhase() {
    return this.browser.run(() => document.querySelector('.snap-checkout')?.dataset.phase ?? null);
  }

  /** Waits until the checkout is in one of these phases. */
  phase(...names) {
    return this.phaseWithin(20_000, ...names);
  }

  async phaseWithin(timeout, ...names) {
    let seen;
    await until(() => `phase ${names.join(' or ')}; it is ${seen}`, async () => {
      seen = await this.currentPhase();
      return names.includes(seen);
    }, { timeout });
    return seen;
  }

  /** Asks again and again, as a customer does; the merchant asks the gateway every five seconds at the most. */
  async checkUntilPaid() {
    await until('word that it is paid', async () => {
      if ((await this.currentPhase()) === 'paid') return true;
      const check = await this.browser.find(way('check'), true);
      if (check) await this.browser.clickOn(check);
      return false;
    }, { timeout: 20_000, every: 500 });
  }

  /** Steps into the popup, which lives on the gateway's own origin. */
  async enterPopup() {
    await this.browser.top();
    await this.browser.enter('#snap-midtrans');
  }

  /** The order page: waits for the status shown there. */
  async orderShows(status) {
    await this.browser.element(`[data-testid=order][data-status="${status}"]`, { timeout: 20_000 });
  }

  /** The order behind what the page shows, by the link to its page. */
  async orderId() {
    const href = await this.browser.attribute('[data-testid=order-link]', 'href');
    return new URL(href, this.origin).pathname.split('/').pop();
  }

  /** After the money came: the page says so, the merchant agrees, and it came once. */
  async isPaid() {
    await this.browser.top();
    await this.phase('paid');
    const id = await this.orderId();
    await this.paidOnce(id);
    return id;
  }

  /** Past the page: paid at the merchant, once at the gateway, and not again. */
  async paidOnce(id) {
    assert.equal((await this.stage.order(id)).status, 'paid');
    assert.deepEqual(await this.stage.gateway.account(id), { payments: 1, payable: 0 });
  }

  /** An order page's own order, paid and shown so. */
  async orderIsPaid(id) {
    await this.orderShows('paid');
    await this.paidOnce(id);
  }

  /** How many of the first item are in the cart that is shown. */
  async inCart() {
    await this.browser.element('[data-testid=cart]');
    return this.browser.run(() => document.querySelector('[data-testid=cart] output')?.textContent ?? null);
  }
}
