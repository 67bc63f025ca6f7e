// Runs axe-core in the current page, in the light and dark colour schemes where the driver can switch them.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** One line per violation. Only Chromium's driver can switch the colour scheme; the other engines use the system's, which is light. */
export async function violationsOf(browser) {
  await browser.run(axe);
  const lines = new Set();
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
    assert.ok(passes > 5, `axe checked only ${passes} rules`);
    for (const violation of violations) lines.add(`${theme} ${violation}`);
  }
  return [...lines];
}
