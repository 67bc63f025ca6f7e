// Somebody's page with <snap-checkout> in it, as its customer and its developer meet it.
import assert from 'node:assert/strict';
import { CARDS, Popup } from './payment-popup.js';
import { until } from './process.js';

export class HostPage {
  constructor(browser, stage) {
    this.browser = browser;
    this.stage = stage;
    this.hosts = stage.hosts;
    this.popup = new Popup(this);
  }

  /** Opens a host; `attributes` go onto the widget of those pages that are written by hand. */
  open(name, attributes = {}) {
    const query = new URLSearchParams(attributes);
    return this.browser.open(`${this.hosts.origin}/hosts/${name}/${query.size ? `?${query}` : ''}`);
  }

  /** Waits until the widget is in one of these phases, and stands there as it says. */
  async phase(names, widget = '#pay') {
    const wanted = [names].flat();
    let seen;
    await until(() => `phase ${wanted.join(' or ')} of ${widget}; it is ${JSON.stringify(seen)}`, async () => {
      seen = await this.look(widget);
      return wanted.includes(seen?.phase) && seen.shown === seen.phase;
    }, { timeout: 30_000 });
    return seen;
  }

  /** What the widget says of itself, and what is shown. */
  look(widget = '#pay') {
    return this.read((selector) => {
      const element = document.querySelector(selector);
      const inside = element?.shadowRoot?.querySelector('.snap-checkout');
      return element && { phase: element.phase, code: element.code, shown: inside?.dataset.phase ?? null };
    }, widget);
  }

  /** What a function finds in the page. As text: drivers stumble over what old pages add to every object. */
  async read(find, ...given) {
    return JSON.parse(await this.browser.run(`return JSON.stringify((${find})(...arguments) ?? null)`, ...given));
  }

  /** Clicks a way on, by its name in the DOM. */
  press(way = 'pay', widget = '#pay') {
    return this.browser.click(`${widget} >>> [data-way="${way}"]`);
  }

  /** Presses the button, when nothing moves any more: drivers aim before they click. */
  async pressPay(widget = '#pay') {
    let before;
    await until('widget that stands still', async () => {
      const last = before;
      before = await this.read((selector) => {
        const button = document.querySelector(selector).shadowRoot?.querySelector('[data-way=pay]');
        const { x, y, width, height } = button?.getBoundingClientRect() ?? {};
        const moving = document.getAnimations().some((one) => one.playState === 'running');
        return button && !moving ? [x + scrollX, y + scrollY, width, height].join() : null;
      }, widget);
      return before && before === last;
    });
    await this.press('pay', widget);
  }

  /** From the page as it stands to the open popup. */
  async openPopup(widget = '#pay') {
    await this.pressPay(widget);
    await this.phase('open', widget);
    return this.popup;
  }

  /** After the money came: the widget says so once, the merchant agrees, and it came once. */
  async isPaid(widget = '#pay') {
    await this.browser.top();
    await this.phase('paid', widget);
    const [told, ...more] = await this.events('paid', widget);
    assert.deepEqual(more, [], 'snap-paid came more than once');
    const id = told.order.order_id;
    await this.paidOnce(id);
    return id;
  }

  /** What is left to do once it was pressed: the popup opens, a card pays in it, once, and nothing of the page suffers. Answers the order's id. */
  async pays(widget = '#pay', { tokens = 1 } = {}) {
    await this.phase('open', widget);
    await this.popup.payByCard(CARDS.acceptedAtOnce);
    const id = await this.isPaid(widget);
    await this.isAlone({ tokens });
    await this.isClean();
    return id;
  }

  async paidOnce(id) {
    assert.equal((await this.stage.order(id)).status, 'paid');
    assert.deepEqual(await this.stage.gateway.account(id), { payments: 1, payable: 0 });
  }

  /** The details of the events of one name that a widget sent so far. */
  async events(name, widget = '#pay') {
    const all = await this.read(() => window.seen.events);
    return all.filter((event) => event.name === name && `#${event.from}` === widget).map(({ detail }) => detail);
  }

  /** One script tag of the gateway's, one frame of it, one order for each payment. */
  async isAlone({ tokens = 1 } = {}) {
    const [scripts, frames] = await this.browser.run(() => ['script[src*="/snap/snap.js"]', 'iframe'].map((one) => document.querySelectorAll(one).length));
    assert.deepEqual({ scripts, frames, tokens: this.hosts.tokenRequests() }, { scripts: 1, frames: 1, tokens });
  }

  /** Nothing broke the policy of the page, and nothing was thrown into it. */
  async isClean() {
    await this.browser.top();
    const { violations, errors } = await this.read(() => window.seen);
    assert.deepEqual(violations, []);
    assert.deepEqual(errors, []);
    assert.deepEqual(this.hosts.violations, []);
  }

  /** The policy was broken by nothing but this, and nothing was thrown into the page. WebKit forbids programs without a word. */
  async brokeOnly(expected) {
    const { violations, errors } = await this.read(() => window.seen);
    assert.ok(violations.length || this.browser.engine === 'webkit', 'nothing broke the policy');
    for (const violation of violations) assert.match(violation, expected);
    assert.deepEqual(errors, []);
  }
}
