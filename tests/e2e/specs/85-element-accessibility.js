// The element in every state, in light and in dark: nothing keeps anybody out.
import assert from 'node:assert/strict';
import { findings } from '../lib/axe.js';
import { ELEMENT_STATES } from '../lib/element-states.js';
import { spec } from '../lib/runner.js';

for (const [name, reach] of Object.entries(ELEMENT_STATES)) {
  spec(`axe finds nothing: ${name}`, async (scene) => {
    await reach(scene);
    assert.equal((await findings(scene.browser)).join('\n'), '');
    // What is embedded is a part of the page to who looks at it.
    if (!/^element-(open|embed)/.test(name)) return;
    await scene.host.popup.enter();
    assert.equal((await findings(scene.browser)).join('\n'), '');
  }, name.endsWith('forced-light') ? { engines: ['chromium'] } : {}); // Only Chromium's driver has a dark machine.
}
