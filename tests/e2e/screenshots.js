// Pictures of every state, phone and desktop, light and dark: npm run shots [-- STATE...]
// They land in shots/, or where SHOTS says.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEngine } from './lib/browsers.js';
import { ELEMENT_STATES } from './lib/element-states.js';
import { HostPage } from './lib/host-page.js';
import { until } from './lib/process.js';
import { Shop } from './lib/storefront-page.js';
import { startStage } from './lib/services.js';
import { STATES } from './lib/checkout-states.js';

const folder = process.env.SHOTS || join(dirname(fileURLToPath(import.meta.url)), 'shots');
const SIZES = { 360: { width: 360, height: 740, mobile: true }, 1280: { width: 1280, height: 860, mobile: false } };
const chosen = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
const stage = await startStage();
const engine = await startEngine('chromium');
let missed = 0;
try {
  for (const [name, reach] of Object.entries({ ...STATES, ...ELEMENT_STATES })) {
    if (chosen.length && !chosen.includes(name)) continue;
    await stage.gateway.reset();
    stage.hosts.reset();
    const browser = await engine.fresh();
    try {
      await reach({ shop: new Shop(browser, stage), host: new HostPage(browser, stage), gateway: stage.gateway, browser, stage });
      await browser.top();
      await picture(name, browser);
      console.log(`${name}: ok`);
    } catch (error) {
      missed += 1;
      console.log(`${name}: ${error.message}`);
      writeFileSync(join(folder, `${name}-missed.png`), await browser.screenshot());
    }
  }
} finally {
  await engine.stop();
  await stage.stop();
}
console.log(`${folder}/`);
process.exitCode = missed ? 1 : 0;

async function picture(name, browser) {
  // An open popup covers the window; everything else is shown whole.
  const whole = !/^(element-)?open/.test(name);
  for (const [label, size] of Object.entries(SIZES)) {
    await view(browser, size);
    if (whole) {
      await view(browser, { ...size, height: Math.max(size.height, await contentHeight(browser)) });
      await until('pictures of the page', () => browser.run(() => [...document.images].every((image) => image.complete)));
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

function view(browser, { width, height, mobile }) {
  return browser.cdp('Emulation.setDeviceMetricsOverride', { width, height, mobile, deviceScaleFactor: mobile ? 2 : 1 });
}

async function contentHeight(browser) {
  return Math.ceil((await browser.cdp('Page.getLayoutMetrics')).cssContentSize.height);
}
