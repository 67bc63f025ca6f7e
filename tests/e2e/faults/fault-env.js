// The environment of the fault tests: the services behind two proxies, the visible page state, the gateway's records.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { StorefrontPage, actionButton } from '../lib/storefront-page.js';
import { startServices } from '../lib/services.js';
import { startProxy } from './fault-proxy.js';

const INSTRUMENTATION = readFileSync(new URL('page-instrumentation.js', import.meta.url), 'utf8');
const LOADER_PAGE = readFileSync(new URL('script-loader-page.js', import.meta.url), 'utf8');
// The product's own loader, unbundled.
const LOADER = readFileSync(new URL('../../../src/effects/loader.js', import.meta.url), 'utf8');
const BLANK = '/faults/blank';

/** Starts the services with a proxy in front of the backend and one in front of the gateway. */
export async function startFaultEnv() {
  let services;
  const instrumentation = { settings: {} };
  const gateway = await startProxy({
    target: () => services.gateway.origin,
    rewrite: (text) => text.replaceAll(services.gateway.origin, gateway.origin),
  });
  const backend = await startProxy({
    target: () => services.backendOrigin,
    local: (path) => {
      if (path === BLANK) return [200, 'text/html', '<!doctype html><title>blank</title>'];
      if (path === '/faults/loader') {
        const { head, policy } = instrumentation.page;
        const page = `<!doctype html><head><script src="/faults/page-instrumentation.js"></script>${head}<script type="module" src="/faults/script-loader-page.js"></script></head>`;
        return [200, 'text/html', page, policy ? { 'content-security-policy': policy } : {}];
      }
      if (path === '/faults/script-loader-page.js') return [200, 'text/javascript', LOADER_PAGE];
      if (path === '/faults/product.js') return [200, 'text/javascript', LOADER];
      // Stands in for the script of another environment.
      if (path === '/snap/snap.js') return [200, 'text/javascript', 'window.snap ??= { pay() {} };'];
      if (path === '/faults/page-instrumentation.js') return [200, 'text/javascript', `${INSTRUMENTATION}(${JSON.stringify(instrumentation.settings)});`];
      return null;
    },
    rewrite: (text, type) => {
      const rewritten = text.replaceAll(services.gateway.origin, gateway.origin);
      return type.includes('html') ? rewritten.replace(/<head>|(?=<meta)/i, (tag) => `${tag}<script src="/faults/page-instrumentation.js"></script>`) : rewritten;
    },
  });
  try {
    services = await startServices({ publicOrigin: backend.origin });
  } catch (error) {
    await Promise.all([backend.stop(), gateway.stop()]);
    throw error;
  }
  return {
    services, backend, gateway, instrumentation,
    async stop() {
      await Promise.all([backend.stop(), gateway.stop()]);
      await services.stop();
    },
  };
}

/** One browser window in this environment. */
export class FaultScene {
  constructor(env, browser) {
    this.env = env;
    this.services = env.services;
    this.gateway = env.services.gateway;
    this.browser = browser;
    this.storefront = new StorefrontPage(browser, env.services);
    this.popup = new Popup(this.storefront);
  }

  /** Clears all state of the previous cell in the browser, the proxies and the gateway. */
  async begin(settings = {}) {
    const { env, browser } = this;
    await Promise.all([env.backend.clear(), env.gateway.clear()]);
    env.backend.clearRequests();
    env.gateway.clearRequests();
    await browser.top();
    await browser.open(env.backend.origin + BLANK);
    await browser.run(() => { localStorage.clear(); sessionStorage.clear(); });
    await this.gateway.reset();
    env.instrumentation.settings = settings;
  }

  /** Returns the visible state of the checkout. With `skip`, also advances the page's clock to its next timer. */
  observe(skip) {
    const { gateway, backend } = this.env;
    const held = { scripts: gateway.held('headers') + gateway.held('body'), fetches: backend.held('headers'), reads: backend.held('body') };
    return this.browser.run((held) => {
      const checkout = document.querySelector('.snap-checkout');
      const isVisible = (element) => element.getClientRects().length > 0;
      const code = checkout?.querySelector('[role=alert]')?.dataset.code;
      return {
        state: checkout ? [checkout.dataset.phase, ...(checkout.dataset.phase === 'failed' && code ? [code] : [])].join(' ') : null,
        headline: checkout?.querySelector('.snap-checkout__title')?.innerText ?? '',
        actions: checkout ? [...checkout.querySelectorAll('[data-way]')].filter(isVisible).map((element) => element.dataset.way) : [],
        time: held && window.faults ? `${window.faults.skipToNextTimer(held)} ${JSON.stringify(window.faults.busy())} of ${JSON.stringify(held)}` : '',
      };
    }, skip ? held : null);
  }

  /** Waits until the checkout is in one of these states; skips the time that the page spends waiting for timers. */
  async reach(...states) {
    let seen;
    await this.browser.top();
    await until(() => `${states.join(' or ')}; seen: ${JSON.stringify(seen)}`, async () => {
      seen = await this.observe(false);
      if (states.includes(seen.state)) return true;
      const { time } = await this.observe(true);
      seen.time = time;
      return false;
    }, { timeout: 30_000, every: 20 });
    return seen;
  }

  /** Calls a function of the page instrumentation. */
  instrument(name, ...args) {
    return this.browser.run((name, args) => window.faults[name](...args), name, args);
  }

  /** Hides and freezes the tab, or resumes it. Chromium really freezes it; in all engines the instrumented timers stop. */
  async freeze(frozen) {
    if (frozen) await this.instrument('freeze', true);
    if (this.browser.engine === 'chromium') {
      // The next cell needs a new window.
      this.needsNewWindow = true;
      await this.browser.cdp('Page.setWebLifecycleState', { state: frozen ? 'frozen' : 'active' });
    }
    if (!frozen) await this.instrument('freeze', false);
  }

  /** Whether the popup's frame has the payment page. */
  async popupIsLoaded() {
    await this.popup.enter();
    const loaded = await this.browser.has('[data-testid=popup]');
    await this.browser.top();
    return loaded;
  }

  async clickAction(name) {
    await this.browser.top();
    await this.browser.click(actionButton(name));
  }

  /** Closes the popup by its X, once it shows the payment methods; before that it is still rendering. */
  async closePopup() {
    await this.popup.enter();
    await this.browser.element('[data-testid=method-credit_card]');
    await this.popup.close();
  }

  /** Pays by card in the open popup. */
  async payByCard() {
    await this.popup.payByCard(CARDS.acceptedWithoutOtp);
  }

  async payOnHostedPage() {
    await this.clickAction('hosted');
    await until('hosted page', async () => (await this.browser.url()).startsWith(this.env.gateway.origin));
    await new Popup(this.storefront, { hosted: true }).payByCard(CARDS.acceptedWithoutOtp);
    await this.storefront.waitForOrderStatus('paid');
  }

  async reload() {
    await this.browser.top();
    await this.browser.reload();
    await this.browser.element('.snap-checkout');
  }

  /** Opens a page whose `load` event may never fire. */
  async openWithoutWaiting(path) {
    await this.browser.run((url) => { location.assign(url); }, this.env.backend.origin + path);
    await until('document of the page', () => this.browser.run((path) => location.pathname === path && Boolean(document.querySelector('#app')), path));
  }

  /** The gateway's records per order: the number of payments, and of tokens that can still be paid. */
  async records() {
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

  /** Checks that no order has two payable tokens or two payments, and that there are at most `orders` orders. */
  async assertRecords(orders, { paid } = {}) {
    const records = await this.records();
    const text = JSON.stringify(records);
    assert.ok(Object.keys(records).length <= orders, `more than ${orders} order: ${text}`);
    for (const { payable, payments } of Object.values(records)) assert.ok(payable <= 1 && payments <= 1, text);
    const total = Object.values(records).reduce((sum, { payments }) => sum + payments, 0);
    assert.equal(total, paid ? 1 : Math.min(total, 1), text);
    if (!paid) return;
    const [id] = Object.entries(records).find(([, { payments }]) => payments === 1);
    assert.equal(records[id].payable, 0, text);
    await this.services.order(id).then(({ status }) => assert.equal(status, 'paid'));
  }
}
