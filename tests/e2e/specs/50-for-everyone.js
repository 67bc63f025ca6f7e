// What holds on every page: nothing breaks the shop's own CSP, nothing keeps anybody out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CARDS, Popup } from '../lib/popup.js';
import { spec } from '../lib/spec.js';
import { STATES } from '../lib/states.js';

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

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// Without scripts axe cannot run.
for (const name of Object.keys(STATES).filter((state) => state !== 'without-script')) {
  spec(`axe finds nothing: ${name}`, async (scene) => {
    await STATES[name](scene);
    // While the popup is open, it is what the customer sees.
    if (name.startsWith('open')) await new Popup(scene.shop).enter();
    assert.equal((await findings(scene.browser)).join('\n'), '');
  }, chromium);
}

async function findings(browser) {
  await browser.run(axe);
  const found = new Set();
  for (const theme of ['light', 'dark']) {
    await browser.cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: theme }] });
    const { passes, violations } = await browser.runAsync((done) => {
      window.axe.run({ exclude: ['iframe'] }).then((result) => done({
        passes: result.passes.length,
        violations: result.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`)),
      }), (error) => done({ passes: 0, violations: [String(error)] }));
    });
    assert.ok(passes > 5, `axe looked at next to nothing (${passes} rules)`);
    for (const violation of violations) found.add(`${theme} ${violation}`);
  }
  return [...found];
}
