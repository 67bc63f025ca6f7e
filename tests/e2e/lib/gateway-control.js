// The gateway's control API, and its simulator page.
import assert from 'node:assert/strict';

export class Gateway {
  constructor(origin) {
    this.origin = origin;
    this.simulator = `${origin}/simulator`;
  }

  async control(method, path, body) {
    const answer = await fetch(`${this.origin}/control${path}`, { method, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} /control${path} ${JSON.stringify(body)}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Forgets payments, faults and logs. */
  reset() {
    return this.control('POST', '/reset');
  }

  /** Plans a fault: `{ target, fault, times, … }`; once, unless `times` says otherwise (0 is always). */
  fault(planned) {
    return this.control('POST', '/faults', planned);
  }

  /** Takes all faults back: it is well again. */
  recover() {
    return this.control('DELETE', '/faults');
  }

  /** Planned faults that did not strike yet. */
  faults() {
    return this.control('GET', '/faults');
  }

  /** How many tokens the merchant asked for. */
  async tokensMade() {
    const asked = await this.control('GET', '/requests');
    return asked.filter(({ method, path }) => method === 'POST' && path === '/snap/v1/transactions').length;
  }

  /** Moves its clock: what falls due on the way happens, and the merchant has answered. */
  advance(advance_seconds) {
    return this.control('POST', '/clock', { advance_seconds });
  }

  /** How often an order was paid, and how many of its tokens can be paid now, over all its attempts. */
  async account(order_id) {
    const attempts = await this.control('GET', `/orders?prefix=${order_id}`);
    const payable = attempts.flatMap(({ tokens }) => tokens).filter((token) => token.payable).length;
    return { payments: attempts.reduce((sum, { payments }) => sum + payments, 0), payable };
  }

  transactions() {
    return this.control('GET', '/transactions');
  }

  /** What befalls an order outside the browser: pay, settle, deny, expire, cancel, refund, chargeback. */
  happen(what, order_id, rest = {}) {
    return this.control('POST', `/${what}`, { order_id, ...rest });
  }

  /** Pays `number` on the simulator page that `browser` shows, as a developer does. */
  async payInSimulator(browser, number) {
    await browser.fill('[data-testid=sim-number]', number);
    await browser.click('[data-testid=sim-pay]');
    assert.match(await browser.text('[data-testid=sim-said]'), /Paid/);
  }
}
