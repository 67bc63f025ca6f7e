// What holds on every page: nothing breaks the shop's own CSP, nothing keeps anybody out.
import assert from 'node:assert/strict';
import { findings } from '../lib/axe.js';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { spec } from '../lib/runner.js';
import { STATES } from '../lib/checkout-states.js';

// Only Chromium lets a listener in before the page's first line; the engines share the policy and the page.
const chromium = { engines: ['chromium'] };

spec('a whole payment breaks no rule of the content security policy', async ({ shop, browser }) => {
  await browser.cdp('Page.addScriptToEvaluateOnNewDocument', {
    source: `addEventListener('securitypolicyviolation', (e) => {
      const seen = JSON.parse(sessionStorage.getItem('violations') ?? '[]');
      seen.push(e.effectiveDirective + ' ' + e.blockedURI + ' ' + e.sourceFile + ':' + e.lineNumber);
      sessionStorage.setItem('violations', JSON.stringify(seen));
    })`,
  });
  const answer = await fetch(shop.origin);
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src/);
  await shop.openPopup();
  await new Popup(shop).payByCard(CARDS.accepted);
  await shop.isPaid();
  await browser.click('[data-testid=order-link]');
  await shop.orderShows('paid');
  const violations = await browser.run(() => sessionStorage.getItem('violations'));
  assert.equal(violations, null);
  const shouts = (await browser.console()).filter((line) => line.level === 'SEVERE').map((line) => line.message);
  assert.deepEqual(shouts, []);
}, chromium);

// Without scripts axe cannot run.
for (const name of Object.keys(STATES).filter((state) => state !== 'without-script')) {
  spec(`axe finds nothing: ${name}`, async (scene) => {
    await STATES[name](scene);
    // While the popup is open, it is what the customer sees.
    if (name.startsWith('open')) await new Popup(scene.shop).enter();
    assert.equal((await findings(scene.browser)).join('\n'), '');
  }, chromium);
}

spec('the shop asks for each file of its program once', async ({ host, browser }) => {
  await browser.open(`${host.hosts.origin}/`);
  await browser.element('.snap-checkout__main');
  const files = host.hosts.asked(/\.(wasm|js|css)$/).map(({ path }) => path).sort();
  assert.deepEqual(files, [...new Set(files)]);
  assert.equal(files.filter((path) => path.endsWith('.wasm')).length, 1, files.join(' '));
});
