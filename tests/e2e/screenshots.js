// Takes screenshots of every state on phone and desktop, light and dark: npm run shots [-- STATE...]
// They are written to shots/, or to the folder in SHOTS.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEngine } from './lib/browsers.js';
import { ELEMENT_STATES } from './lib/element-states.js';
import { HostPage } from './lib/host-page.js';
import { until } from './lib/process.js';
import { StorefrontPage } from './lib/storefront-page.js';
import { startServices } from './lib/services.js';
import { CHECKOUT_STATES } from './lib/checkout-states.js';

const folder = process.env.SHOTS || join(dirname(fileURLToPath(import.meta.url)), 'shots');
const SIZES = { 360: { width: 360, height: 740, mobile: true }, 1280: { width: 1280, height: 860, mobile: false } };
const selected = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
const services = await startServices();
const engine = await startEngine('chromium');
let failed = 0;
try {
  for (const [name, reach] of Object.entries({ ...CHECKOUT_STATES, ...ELEMENT_STATES })) {
    if (selected.length && !selected.includes(name)) continue;
    await services.gateway.reset();
    services.hosts.reset();
    const browser = await engine.newBrowser();
    try {
      await reach({ storefront: new StorefrontPage(browser, services), host: new HostPage(browser, services), gateway: services.gateway, browser, services });
      await browser.top();
      await takeScreenshots(name, browser);
      console.log(`${name}: ok`);
    } catch (error) {
      failed += 1;
      console.log(`${name}: ${error.message}`);
      writeFileSync(join(folder, `${name}-failed.png`), await browser.screenshot());
    }
  }
} finally {
  await engine.stop();
  await services.stop();
}
console.log(`${folder}/`);
process.exitCode = failed ? 1 : 0;

async function takeScreenshots(name, browser) {
  // An open popup covers the window; all other states are shown at full height.
  const fullHeight = !/^(element-)?open/.test(name);
  for (const [label, size] of Object.entries(SIZES)) {
    await setViewport(browser, size);
    if (fullHeight) {
      await setViewport(browser, { ...size, height: Math.max(size.height, await contentHeight(browser)) });
      await until('images of the page', () => browser.run(() => [...document.images].every((image) => image.complete)));
    }
    for (const theme of ['light', 'dark']) {
      await browser.cdp('Emulation.setEmulatedMedia', {
        features: [{ name: 'prefers-color-scheme', value: theme }, { name: 'prefers-reduced-motion', value: 'reduce' }],
      });
      const { data } = await browser.cdp('Page.captureScreenshot', { format: 'png' });
      writeFileSync(join(folder, `${name}-${label}-${theme}.png`), Buffer.from(data, 'base64'));
    }
  }
}

function setViewport(browser, { width, height, mobile }) {
  return browser.cdp('Emulation.setDeviceMetricsOverride', { width, height, mobile, deviceScaleFactor: mobile ? 2 : 1 });
}

async function contentHeight(browser) {
  return Math.ceil((await browser.cdp('Page.getLayoutMetrics')).cssContentSize.height);
}
