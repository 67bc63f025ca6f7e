// The element has no accessibility violations in any state, in the light and dark colour schemes.
import assert from 'node:assert/strict';
import { violationsOf } from '../lib/axe.js';
import { ELEMENT_STATES } from '../lib/element-states.js';
import { spec } from '../lib/runner.js';

for (const [name, reach] of Object.entries(ELEMENT_STATES)) {
  spec(`no accessibility violations: ${name}`, async (scene) => {
    await reach(scene);
    assert.equal((await violationsOf(scene.browser)).join('\n'), '');
    // The customer sees the payment frame as a part of the page.
    if (!/^element-(open|embed)/.test(name)) return;
    await scene.host.popup.enter();
    assert.equal((await violationsOf(scene.browser)).join('\n'), '');
  }, name.endsWith('forced-light') ? { engines: ['chromium'] } : {}); // Only Chromium's driver can emulate a dark system.
}
