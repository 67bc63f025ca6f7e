// axe-core in the page as it stands, in light and in dark where the driver can switch.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What it finds, a line each. Only Chromium's driver switches the scheme of colours; elsewhere it is the machine's, light. */
export async function findings(browser) {
  await browser.run(axe);
  const found = new Set();
  for (const theme of browser.engine === 'chromium' ? ['light', 'dark'] : ['light']) {
    if (browser.engine === 'chromium') {
      await browser.cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: theme }] });
    }
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
