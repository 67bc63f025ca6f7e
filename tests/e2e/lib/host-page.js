// Page object of a merchant's own page with <snap-checkout>.
import assert from 'node:assert/strict';
import { CARDS, Popup } from './payment-popup.js';
import { until } from './process.js';

export class HostPage {
  constructor(browser, services) {
    this.browser = browser;
    this.services = services;
    this.hosts = services.hosts;
    this.popup = new Popup(this);
  }

  /** Opens a host page. The handwritten pages put `attributes` onto the element. */
  open(name, attributes = {}) {
    const query = new URLSearchParams(attributes);
    return this.browser.open(`${this.hosts.origin}/hosts/${name}/${query.size ? `?${query}` : ''}`);
  }

  /** Waits until the element is in one of these phases and also shows it. */
  async waitForPhase(names, widget = '#pay') {
    const expected = [names].flat();
    let seen;
    await until(() => `phase ${expected.join(' or ')} of ${widget}; it is ${JSON.stringify(seen)}`, async () => {
      seen = await this.state(widget);
      return expected.includes(seen?.phase) && seen.shown === seen.phase;
    }, { timeout: 30_000 });
    return seen;
  }

  /** The phase and code that the element reports, and the phase that it shows. */
  state(widget = '#pay') {
    return this.read((selector) => {
      const element = document.querySelector(selector);
      const inside = element?.shadowRoot?.querySelector('.snap-checkout');
      return element && { phase: element.phase, code: element.code, shown: inside?.dataset.phase ?? null };
    }, widget);
  }

  /** Runs a function in the page. The result travels as text, because drivers fail on objects with extended prototypes. */
  async read(script, ...args) {
    return JSON.parse(await this.browser.run(`return JSON.stringify((${script})(...arguments) ?? null)`, ...args));
  }

  /** Clicks an action of the element, by the name in its `data-way`. */
  clickAction(action = 'pay', widget = '#pay') {
    return this.browser.click(`${widget} >>> [data-way="${action}"]`);
  }

  /** Clicks the pay button once it no longer moves, because drivers compute the position before they click. */
  async clickPay(widget = '#pay') {
    let before;
    await until('pay button at rest', async () => {
      const last = before;
      before = await this.read((selector) => {
        const button = document.querySelector(selector).shadowRoot?.querySelector('[data-way=pay]');
        const { x, y, width, height } = button?.getBoundingClientRect() ?? {};
        const moving = document.getAnimations().some((one) => one.playState === 'running');
        return button && !moving ? [x + scrollX, y + scrollY, width, height].join() : null;
      }, widget);
      return before && before === last;
    });
    await this.clickAction('pay', widget);
  }

  /** Clicks the pay button and waits for the popup. */
  async openPopup(widget = '#pay') {
    await this.clickPay(widget);
    await this.waitForPhase('open', widget);
    return this.popup;
  }

  /** Waits until the element shows the payment, and checks that it dispatched one `snap-paid` and that backend and gateway agree. */
  async waitUntilPaid(widget = '#pay') {
    await this.browser.top();
    await this.waitForPhase('paid', widget);
    // The element dispatches the event independently of the rendering.
    const [first, ...more] = await until('snap-paid', async () => {
      const events = await this.events('paid', widget);
      return events.length && events;
    });
    assert.deepEqual(more, [], 'more than one snap-paid');
    const id = first.order.order_id;
    await this.assertPaidOnce(id);
    return id;
  }

  /** After the click: waits for the popup, pays by card and makes all checks. Returns the order's id. */
  async completePayment(widget = '#pay', { tokens = 1 } = {}) {
    await this.waitForPhase('open', widget);
    await this.popup.payByCard(CARDS.acceptedWithoutOtp);
    const id = await this.waitUntilPaid(widget);
    await this.assertSinglePayment({ tokens });
    await this.assertClean();
    return id;
  }

  /** Checks that the order is paid at the backend, and at the gateway exactly once with no payable token left. */
  async assertPaidOnce(id) {
    assert.equal((await this.services.order(id)).status, 'paid');
    assert.deepEqual(await this.services.gateway.paymentTotals(id), { payments: 1, payable: 0 });
  }

  /** The details of all events with this name that the element has dispatched. */
  async events(name, widget = '#pay') {
    const all = await this.read(() => window.recorded.events);
    return all.filter((event) => event.name === name && `#${event.from}` === widget).map(({ detail }) => detail);
  }

  /** Checks that the page has one script tag and one frame of the gateway, and made `tokens` token requests. */
  async assertSinglePayment({ tokens = 1 } = {}) {
    const [scripts, frames] = await this.browser.run(() => ['script[src*="/snap/snap.js"]', 'iframe'].map((selector) => document.querySelectorAll(selector).length));
    assert.deepEqual({ scripts, frames, tokens: this.hosts.tokenRequests() }, { scripts: 1, frames: 1, tokens });
  }

  /** Checks that the page has no policy violations and no errors. */
  async assertClean() {
    await this.browser.top();
    const { violations, errors } = await this.read(() => window.recorded);
    assert.deepEqual(violations, []);
    assert.deepEqual(errors, []);
    assert.deepEqual(this.hosts.violations, []);
  }

  /** Checks that all policy violations match, and that the page has no errors. WebKit blocks wasm without reporting it. */
  async assertOnlyViolation(expected) {
    // The browser reports a violation in a task of its own.
    const { violations, errors } = await until('report of the policy violation', async () => {
      const recorded = await this.read(() => window.recorded);
      return (recorded.violations.length || this.browser.engine === 'webkit') && recorded;
    });
    for (const violation of violations) assert.match(violation, expected);
    assert.deepEqual(errors, []);
  }
}
