// What a page can do to the widget, and the widget to a page.
import assert from 'node:assert/strict';
import { CARDS } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

for (const [name, what] of [['two-elements', 'two widgets on one page'], ['two-package-versions', 'widgets of two copies of the package on one page']]) {
  spec(`${what} pay one after the other`, async ({ host, browser }) => {
    await host.open(name);
    await host.phase('idle', '#coffee');
    await host.phase('idle', '#tea');
    assert.match(await browser.text('#tea >>> [data-way=pay]'), /Pay/);

    const popup = await host.openPopup('#coffee');
    assert.equal((await host.look('#tea')).phase, 'idle');
    await popup.payByCard(CARDS.acceptedAtOnce);
    const coffee = await host.isPaid('#coffee');
    assert.equal((await host.look('#tea')).phase, 'idle');
    assert.deepEqual(await host.events('paid', '#tea'), []);

    await host.openPopup('#tea');
    await popup.payByCard(CARDS.acceptedAtOnce);
    assert.notEqual(await host.isPaid('#tea'), coffee);
    assert.equal((await host.events('paid', '#coffee')).length, 1);
    await host.isAlone({ tokens: 2 });
    await host.isClean();
  });
}

spec('while one widget has its popup open another cannot open a second', async ({ host, browser }) => {
  await host.open('two-elements');
  await host.phase('idle', '#tea');
  await host.openPopup('#coffee');
  await browser.run(() => { document.querySelector('#tea').pay(); });
  assert.equal((await host.phase('failed', '#tea')).code, 'popup_busy');
  await host.popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid('#coffee');
  await host.isAlone({ tokens: 2 });
  await host.isClean();
});

// What a customer sees of each element inside the widget.
const LOOKS = ['display', 'visibility', 'opacity', 'position', 'float', 'color', 'background-color', 'font-size', 'font-weight', 'font-style',
  'line-height', 'letter-spacing', 'word-spacing', 'text-transform', 'text-indent', 'text-shadow', 'white-space', 'margin-top', 'margin-left',
  'padding-top', 'padding-left', 'border-top-width', 'border-radius', 'box-sizing', 'height', 'cursor', 'pointer-events', 'user-select'];

spec('the hostile host looks as its own style sheet says, and the widget as anywhere else', async ({ host, browser }) => {
  const inside = async (name) => {
    await host.open(name);
    await host.phase('idle');
    await until('end of what glides', () => browser.run(() => document.getAnimations().length === 0));
    return browser.run((looks) => [...document.querySelector('#pay').shadowRoot.querySelectorAll('.snap-checkout, .snap-checkout *')]
      .map((one) => [one.className, ...looks.map((look) => `${look}: ${getComputedStyle(one)[look]}`)]), LOOKS);
  };
  const around = async () => {
    await until('end of what glides', () => browser.run(() => document.getAnimations().length === 0));
    return browser.run(aroundIt, LOOKS.filter((look) => look !== 'height'));
  };
  const aroundIt = (looks) => ['html', 'body', '#title', '#layout', '#outer', '#below'].map((selector) => {
    const style = getComputedStyle(document.querySelector(selector));
    return [selector, document.querySelector(selector).getAttribute('style'), ...looks.map((look) => style[look])];
  });

  const usual = await inside('plain');
  assert.ok(usual.length > 4);
  assert.deepEqual(await inside('hostile'), usual);

  const ours = await around();
  host.hosts.breaks(/^\/npm\//, { status: 404 });
  await host.open('hostile');
  assert.deepEqual(await around(), ours);
});

spec('mounted and unmounted 200 times a widget leaves nothing behind', async ({ host, browser }) => {
  await host.open('mount', { count: '' });
  await until('definition of the element', () => browser.run(() => Boolean(customElements.get('snap-checkout'))));
  // Whatever is made once for all is made in the first rounds.
  await rounds(browser, 30);
  const before = await left(browser);
  await rounds(browser, 200);
  const after = await left(browser);
  assert.deepEqual(after, before);
  assert.ok(before.memory > 0 && before.instances === 1, JSON.stringify(before));
  assert.equal(before.frames, 1);
  await host.isClean();
});

/** Mounts and unmounts: most once the widget is there, some at once, some while they prepare a payment. */
async function rounds(browser, times) {
  for (let done = 0; done < times; done += 10) await tenRounds(browser);
}

async function tenRounds(browser) {
  // Not as the driver's asynchronous script: that leaves a timer behind, each.
  await browser.run(`window.roundsDone = false; (${inThePage})().then(() => { window.roundsDone = true; }, (thrown) => { window.roundsDone = String(thrown); })`);
  assert.equal(await until('end of ten rounds', () => browser.run(() => window.roundsDone), { timeout: 45_000 }), true);
}

async function inThePage() {
  const turn = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
  const reached = async (element, phases) => {
    while (!phases.includes(element.shadowRoot.querySelector('.snap-checkout')?.dataset.phase)) await turn();
  };
  for (let round = 0; round < 10; round += 1) {
    document.querySelector('#place').append(document.querySelector('#widget').content.cloneNode(true));
    const element = document.querySelector('#pay');
    if (round !== 1) {
      element.dispatchEvent(new PointerEvent('pointerenter'));
      await reached(element, ['idle', 'closed', 'ready']);
    }
    if (round === 2) {
      element.prepare();
      await reached(element, ['preparing', 'ready']);
    }
    if (round === 3 && !window.prepared) {
      window.prepared = true;
      await element.prepare();
      await reached(element, ['ready', 'closed']);
    }
    element.remove();
    await turn();
  }
}

/** What is there once all is quiet. */
async function left(browser) {
  let last, now;
  await until(() => `end to what goes on: ${last} became ${now}`, async () => {
    if (browser.engine === 'chromium') await browser.cdp('HeapProfiler.collectGarbage');
    last = now;
    const counted = await browser.run(() => window.seen.left());
    if (browser.engine === 'chromium') {
      const { nodes, jsEventListeners } = await browser.cdp('Memory.getDOMCounters');
      Object.assign(counted, { allNodes: nodes, allListeners: jsEventListeners });
    }
    // The time limit of the one load of the script ends by itself.
    counted.timers = counted.timers.filter((timer) => timer !== 'setTimeout 30000');
    now = JSON.stringify(counted);
    return now === last;
  });
  return JSON.parse(now);
}
