// Every page follows its content security policy and has no accessibility violations.
import assert from 'node:assert/strict';
import { violationsOf } from '../lib/axe.js';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { spec } from '../lib/runner.js';
import { CHECKOUT_STATES } from '../lib/checkout-states.js';

// Only Chromium's driver can add a listener before the page's first script. The policy is the same in all engines.
const chromium = { engines: ['chromium'] };

spec('a payment causes no violation of the content security policy', async ({ storefront, browser }) => {
  await browser.cdp('Page.addScriptToEvaluateOnNewDocument', {
    source: `addEventListener('securitypolicyviolation', (e) => {
      const violations = JSON.parse(sessionStorage.getItem('violations') ?? '[]');
      violations.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber);
      sessionStorage.setItem('violations', JSON.stringify(violations));
    })`,
  });
  const response = await fetch(storefront.origin);
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src/);
  await storefront.openPopup();
  await new Popup(storefront).payByCard(CARDS.accepted);
  await storefront.waitUntilPaid();
  await browser.click('[data-testid=order-link]');
  await storefront.waitForOrderStatus('paid');
  const violations = await browser.run(() => sessionStorage.getItem('violations'));
  assert.equal(violations, null);
  const errors = (await browser.console()).filter((line) => line.level === 'SEVERE').map((line) => line.message);
  assert.deepEqual(errors, []);
}, chromium);

// axe cannot run without JavaScript.
for (const name of Object.keys(CHECKOUT_STATES).filter((state) => state !== 'without-script')) {
  spec(`no accessibility violations: ${name}`, async (scene) => {
    await CHECKOUT_STATES[name](scene);
    // An open popup covers the page.
    if (name.startsWith('open')) await new Popup(scene.storefront).enter();
    assert.equal((await violationsOf(scene.browser)).join('\n'), '');
  }, chromium);
}

spec('the storefront requests each of its files once', async ({ host, browser }) => {
  await browser.open(`${host.hosts.origin}/`);
  await browser.element('.snap-checkout__main');
  const files = host.hosts.requestsTo(/\.(wasm|js|css)$/).map(({ path }) => path).sort();
  assert.deepEqual(files, [...new Set(files)]);
  assert.equal(files.filter((path) => path.endsWith('.wasm')).length, 1, files.join(' '));
});
