// Page object of the storefront. Its selectors are the page's contract with the tests.
import assert from 'node:assert/strict';
import { Popup } from './payment-popup.js';
import { until } from './process.js';

export const CHECKOUT = '.snap-checkout';
export const actionButton = (name) => `${CHECKOUT} [data-way="${name}"]`;

export class StorefrontPage {
  constructor(browser, services) {
    this.browser = browser;
    this.services = services;
    this.origin = services.origin;
  }

  open(path = '/') {
    return this.browser.open(this.origin + path);
  }

  /** Opens the storefront, puts one of the first item into the cart and fills in the customer. */
  async fillCart() {
    await this.open();
    return this.addItem();
  }

  /** The same on the page that is open. */
  async addItem() {
    const [item] = await this.services.items();
    await this.browser.click(`[data-item="${item.id}"] [data-testid=add]`);
    await this.browser.element('[data-testid=total]');
    await this.fillCustomer();
    return item;
  }

  /** Fills in the customer's details. */
  async fillCustomer() {
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

  /** Clicks "pay" and waits for the popup. */
  async pay() {
    await this.browser.click(actionButton('pay'));
    await this.waitForPhase('open');
  }

  /** From the empty cart to a pending payment. Returns the order's id. */
  async startPendingPayment(method) {
    await this.openPopup();
    const popup = new Popup(this);
    await popup.startPending(method);
    await popup.finish();
    await this.waitForPhase('pending');
    return this.orderId();
  }

  /** The payment code as the storefront shows it. */
  async shownPaymentCode() {
    return (await this.browser.text('[data-testid=payment-code]')).replace(/\s/g, '');
  }

  currentPhase() {
    return this.browser.run(() => document.querySelector('.snap-checkout')?.dataset.phase ?? null);
  }

  /** Waits until the checkout is in one of these phases. */
  waitForPhase(...names) {
    return this.waitForPhaseWithin(20_000, ...names);
  }

  async waitForPhaseWithin(timeout, ...names) {
    let seen;
    await until(() => `phase ${names.join(' or ')}; it is ${seen}`, async () => {
      seen = await this.currentPhase();
      return names.includes(seen);
    }, { timeout });
    return seen;
  }

  /** Clicks "check" repeatedly, as a customer does; the backend polls the gateway at most every five seconds. */
  async checkUntilPaid() {
    await until('the paid phase', async () => {
      if ((await this.currentPhase()) === 'paid') return true;
      const check = await this.browser.find(actionButton('check'), true);
      if (check) await this.browser.clickOn(check);
      return false;
    }, { timeout: 20_000, every: 500 });
  }

  /** Switches the driver to the popup's frame, which has the gateway's origin. */
  async enterPopup() {
    await this.browser.top();
    await this.browser.enter('#snap-midtrans');
  }

  /** On the order page: waits until it shows this status. */
  async waitForOrderStatus(status) {
    await this.browser.element(`[data-testid=order][data-status="${status}"]`, { timeout: 20_000 });
  }

  /** The id of the current order, from the link to its page. */
  async orderId() {
    const href = await this.browser.attribute('[data-testid=order-link]', 'href');
    return new URL(href, this.origin).pathname.split('/').pop();
  }

  /** Waits until the page shows the payment, and checks that backend and gateway agree. Returns the order's id. */
  async waitUntilPaid() {
    await this.browser.top();
    await this.waitForPhase('paid');
    const id = await this.orderId();
    await this.assertPaidOnce(id);
    return id;
  }

  /** Checks that the order is paid at the backend, and at the gateway exactly once with no payable token left. */
  async assertPaidOnce(id) {
    assert.equal((await this.services.order(id)).status, 'paid');
    assert.deepEqual(await this.services.gateway.paymentTotals(id), { payments: 1, payable: 0 });
  }

  /** On the order page: waits until it shows the payment, and checks that backend and gateway agree. */
  async waitUntilOrderPaid(id) {
    await this.waitForOrderStatus('paid');
    await this.assertPaidOnce(id);
  }

  /** The quantity of the first item in the cart, null when the cart is empty. */
  async cartQuantity() {
    await this.browser.element('[data-testid=cart]');
    return this.browser.run(() => document.querySelector('[data-testid=cart] output')?.textContent ?? null);
  }
}
