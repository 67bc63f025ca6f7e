// What a cell is played with: the shop behind two proxies, what the customer sees, and the gateway's own books.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { Shop, way } from '../lib/storefront-page.js';
import { startStage } from '../lib/services.js';
import { startProxy } from './fault-proxy.js';

const INSIDE = readFileSync(new URL('page-instrumentation.js', import.meta.url), 'utf8');
const LOADER_PAGE = readFileSync(new URL('script-loader-page.js', import.meta.url), 'utf8');
// The product's own loader, as it is written.
const LOADER = readFileSync(new URL('../../../src/effects/loader.js', import.meta.url), 'utf8');
const BLANK = '/faults/blank';

/** The shop and the gateway as a browser finds them when everything passes through our hands. */
export async function startFronts() {
  let stage;
  const inside = { settings: {} };
  const gateway = await startProxy({
    target: () => stage.gateway.origin,
    rewrite: (text) => text.replaceAll(stage.gateway.origin, gateway.origin),
  });
  const shop = await startProxy({
    target: () => stage.own,
    local: (path) => {
      if (path === BLANK) return [200, 'text/html', '<!doctype html><title>blank</title>'];
      if (path === '/faults/loader') {
        const { head, policy } = inside.page;
        const page = `<!doctype html><head><script src="/faults/page-instrumentation.js"></script>${head}<script type="module" src="/faults/script-loader-page.js"></script></head>`;
        return [200, 'text/html', page, policy ? { 'content-security-policy': policy } : {}];
      }
      if (path === '/faults/script-loader-page.js') return [200, 'text/javascript', LOADER_PAGE];
      if (path === '/faults/product.js') return [200, 'text/javascript', LOADER];
      // As if the page had the script of another environment.
      if (path === '/snap/snap.js') return [200, 'text/javascript', 'window.snap ??= { pay() {} };'];
      if (path === '/faults/page-instrumentation.js') return [200, 'text/javascript', `${INSIDE}(${JSON.stringify(inside.settings)});`];
      return null;
    },
    rewrite: (text, type) => {
      const known = text.replaceAll(stage.gateway.origin, gateway.origin);
      return type.includes('html') ? known.replace(/<head>|(?=<meta)/i, (found) => `${found}<script src="/faults/page-instrumentation.js"></script>`) : known;
    },
  });
  try {
    stage = await startStage({ shopFront: shop.origin });
  } catch (error) {
    await Promise.all([shop.stop(), gateway.stop()]);
    throw error;
  }
  return {
    stage, shop, gateway, inside,
    async stop() {
      await Promise.all([shop.stop(), gateway.stop()]);
      await stage.stop();
    },
  };
}

/** One browser window in front of it. */
export class ViewContext {
  constructor(fronts, browser) {
    this.fronts = fronts;
    this.stage = fronts.stage;
    this.gateway = fronts.stage.gateway;
    this.browser = browser;
    this.shop = new Shop(browser, fronts.stage);
    this.popup = new Popup(this.shop);
  }

  /** Nothing of the cell before is left: not in the browser, not in the proxies, not at the gateway. */
  async begin(settings = {}) {
    const { fronts, browser } = this;
    await Promise.all([fronts.shop.clear(), fronts.gateway.clear()]);
    fronts.shop.forget();
    fronts.gateway.forget();
    await browser.top();
    await browser.open(fronts.shop.origin + BLANK);
    await browser.run(() => { localStorage.clear(); sessionStorage.clear(); });
    await this.gateway.reset();
    fronts.inside.settings = settings;
  }

  /** What the customer sees of the checkout; time is skipped to the next timer where `skip` says so. */
  look(skip) {
    const { gateway, shop } = this.fronts;
    const held = { scripts: gateway.held('headers') + gateway.held('body'), fetches: shop.held('headers'), reads: shop.held('body') };
    return this.browser.run((held) => {
      const it = document.querySelector('.snap-checkout');
      const shown = (one) => one.getClientRects().length > 0;
      const failed = it?.querySelector('[role=alert]')?.dataset.code;
      return {
        state: it ? [it.dataset.phase, ...(it.dataset.phase === 'failed' && failed ? [failed] : [])].join(' ') : null,
        says: it?.querySelector('.snap-checkout__title')?.innerText ?? '',
        ways: it ? [...it.querySelectorAll('[data-way]')].filter(shown).map((one) => one.dataset.way) : [],
        time: held && window.faults ? `${window.faults.forward(held)} ${JSON.stringify(window.faults.busy())} of ${JSON.stringify(held)}` : '',
      };
    }, skip ? held : null);
  }

  /** Waits until the checkout is there, skipping what the page only waits for. */
  async reach(...states) {
    let seen;
    await this.browser.top();
    await until(() => `${states.join(' or ')}; seen: ${JSON.stringify(seen)}`, async () => {
      seen = await this.look(false);
      if (states.includes(seen.state)) return true;
      const { time } = await this.look(true);
      seen.time = time;
      return false;
    }, { timeout: 30_000, every: 20 });
    return seen;
  }

  inside(name, ...args) {
    return this.browser.run((name, args) => window.faults[name](...args), name, args);
  }

  /** The tab goes behind and stops, or comes back. Chromium stops it for real; its own clock stops everywhere. */
  async freeze(frozen) {
    if (frozen) await this.inside('freeze', true);
    if (this.browser.engine === 'chromium') {
      // A window that was frozen once is not for the next cell.
      this.spent = true;
      await this.browser.cdp('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
    }
    if (!frozen) await this.inside('freeze', false);
  }

  /** Whether the payment page is in the popup's frame. */
  async popupIsAlive() {
    await this.popup.enter();
    const alive = await this.browser.has('[data-testid=popup]');
    await this.browser.top();
    return alive;
  }

  async press(name) {
    await this.browser.top();
    await this.browser.click(way(name));
  }

  /** Closes the popup by its X, once it shows what there is to choose: before that it is still being drawn. */
  async closePopup() {
    await this.popup.enter();
    await this.browser.element('[data-testid=method-credit_card]');
    await this.popup.close();
  }

  /** In the open popup: pays by card. */
  async payHere() {
    await this.popup.payByCard(CARDS.acceptedAtOnce);
  }

  async payOnHostedPage() {
    await this.press('hosted');
    await until('hosted page', async () => (await this.browser.url()).startsWith(this.fronts.gateway.origin));
    await new Popup(this.shop, { hosted: true }).payByCard(CARDS.acceptedAtOnce);
    await this.shop.orderShows('paid');
  }

  async reload() {
    await this.browser.top();
    await this.browser.reload();
    await this.browser.element('.snap-checkout');
  }

  /** Opens a page that may never be complete. */
  async openWithoutWaiting(path) {
    await this.browser.run((url) => { location.assign(url); }, this.fronts.shop.origin + path);
    await until('the page', () => this.browser.run((path) => location.pathname === path && Boolean(document.querySelector('#app')), path));
  }

  /** The gateway's books: orders that were made, what was paid, what could still be paid. */
  async books() {
    const attempts = await this.gateway.control('GET', '/orders?prefix=');
    const orders = {};
    for (const { order_id, tokens, payments } of attempts) {
      const base = order_id.replace(/-\d+$/, '');
      orders[base] ??= { payable: 0, payments: 0 };
      orders[base].payable += tokens.filter(({ payable }) => payable).length;
      orders[base].payments += payments;
    }
    return orders;
  }

  /** Whatever happens: no order has two payable tokens or was paid twice, and there are no more orders than wanted. */
  async holds(orders, { paid } = {}) {
    const books = await this.books();
    const said = JSON.stringify(books);
    assert.ok(Object.keys(books).length <= orders, `more than ${orders} order: ${said}`);
    for (const { payable, payments } of Object.values(books)) assert.ok(payable <= 1 && payments <= 1, said);
    const all = Object.values(books).reduce((sum, { payments }) => sum + payments, 0);
    assert.equal(all, paid ? 1 : Math.min(all, 1), said);
    if (!paid) return;
    const [id] = Object.entries(books).find(([, { payments }]) => payments === 1);
    assert.equal(books[id].payable, 0, said);
    await this.stage.order(id).then(({ status }) => assert.equal(status, 'paid'));
  }
}
