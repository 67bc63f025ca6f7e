// Client of the local gateway's control API and of its simulator page.
import assert from 'node:assert/strict';

export class Gateway {
  constructor(origin) {
    this.origin = origin;
    this.simulator = `${origin}/simulator`;
  }

  async control(method, path, body) {
    const response = await fetch(`${this.origin}/control${path}`, { method, body: body && JSON.stringify(body) });
    const text = await response.text();
    assert.ok(response.ok, `${method} /control${path} ${JSON.stringify(body)}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Clears payments, faults and logs. */
  reset() {
    return this.control('POST', '/reset');
  }

  /** Plans a fault: `{ target, fault, times, … }`. `times` is 1 by default; 0 means always. */
  planFault(plan) {
    return this.control('POST', '/faults', plan);
  }

  /** Removes all faults. */
  clearFaults() {
    return this.control('DELETE', '/faults');
  }

  /** Planned faults that have not occurred yet. */
  plannedFaults() {
    return this.control('GET', '/faults');
  }

  /** How many tokens the backend requested. */
  async tokensCreated() {
    const requests = await this.control('GET', '/requests');
    return requests.filter(({ method, path }) => method === 'POST' && path === '/snap/v1/transactions').length;
  }

  /** Advances the gateway's clock. On return all due events have happened and the backend has responded to them. */
  advanceClock(advance_seconds) {
    return this.control('POST', '/clock', { advance_seconds });
  }

  /** Over all attempts of an order: the number of payments, and of tokens that can still be paid. */
  async paymentTotals(order_id) {
    const attempts = await this.control('GET', `/orders?prefix=${order_id}`);
    const payable = attempts.flatMap(({ tokens }) => tokens).filter((token) => token.payable).length;
    return { payments: attempts.reduce((sum, { payments }) => sum + payments, 0), payable };
  }

  transactions() {
    return this.control('GET', '/transactions');
  }

  /** Triggers an event outside the browser: pay, settle, deny, expire, cancel, refund, chargeback. */
  trigger(event, order_id, rest = {}) {
    return this.control('POST', `/${event}`, { order_id, ...rest });
  }

  /** Pays `number` on the simulator page that `browser` shows. */
  async payInSimulator(browser, number) {
    await browser.fill('[data-testid=sim-number]', number);
    await browser.click('[data-testid=sim-pay]');
    assert.match(await browser.text('[data-testid=sim-said]'), /Paid/);
  }
}
