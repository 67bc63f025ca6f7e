// The storefront as a customer meets it. The selectors are the page's contract with its tests.
import assert from 'node:assert/strict';
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
    await this.browser.fill('[data-testid=cart] [name=name]', 'Sari Wulandari');
    await this.browser.fill('[data-testid=cart] [type=email]', 'sari@example.com');
    await this.browser.fill('[data-testid=cart] [type=tel]', '081234567890');
    return item;
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

  currentPhase() {
    return this.browser.run(() => document.querySelector('.snap-checkout')?.dataset.phase ?? null);
  }

  /** Waits until the checkout is in one of these phases. */
  async phase(...names) {
    let seen;
    await until(() => `phase ${names.join(' or ')}; it is ${seen}`, async () => {
      seen = await this.currentPhase();
      return names.includes(seen);
    }, { timeout: 20_000 });
    return seen;
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

  /** After the money came: the page says so, and the merchant agrees. */
  async isPaid() {
    await this.browser.top();
    await this.phase('paid');
    const id = await this.orderId();
    assert.equal((await this.stage.order(id)).status, 'paid');
    return id;
  }
}
