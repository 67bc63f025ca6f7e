// The element and the page around it do not disturb each other.
import assert from 'node:assert/strict';
import { CARDS } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

for (const [name, title] of [['two-elements', 'two elements on one page'], ['two-package-versions', 'elements of two package versions on one page']]) {
  spec(`${title} pay one after the other`, async ({ host, browser }) => {
    await host.open(name);
    await host.waitForPhase('idle', '#coffee');
    await host.waitForPhase('idle', '#tea');
    assert.match(await browser.text('#tea >>> [data-way=pay]'), /Pay/);

    const popup = await host.openPopup('#coffee');
    assert.equal((await host.state('#tea')).phase, 'idle');
    await popup.payByCard(CARDS.acceptedWithoutOtp);
    const coffee = await host.waitUntilPaid('#coffee');
    assert.equal((await host.state('#tea')).phase, 'idle');
    assert.deepEqual(await host.events('paid', '#tea'), []);

    await host.openPopup('#tea');
    await popup.payByCard(CARDS.acceptedWithoutOtp);
    assert.notEqual(await host.waitUntilPaid('#tea'), coffee);
    assert.equal((await host.events('paid', '#coffee')).length, 1);
    await host.assertSinglePayment({ tokens: 2 });
    await host.assertClean();
  });
}

spec('an element cannot open a popup while another element has one open', async ({ host, browser }) => {
  await host.open('two-elements');
  await host.waitForPhase('idle', '#tea');
  await host.openPopup('#coffee');
  await browser.run(() => { document.querySelector('#tea').pay(); });
  assert.equal((await host.waitForPhase('failed', '#tea')).code, 'popup_busy');
  await host.popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid('#coffee');
  await host.assertSinglePayment({ tokens: 2 });
  await host.assertClean();
});

// The visible style properties.
const STYLE_PROPERTIES = ['display', 'visibility', 'opacity', 'position', 'float', 'color', 'background-color', 'font-size', 'font-weight', 'font-style',
  'line-height', 'letter-spacing', 'word-spacing', 'text-transform', 'text-indent', 'text-shadow', 'white-space', 'margin-top', 'margin-left',
  'padding-top', 'padding-left', 'border-top-width', 'border-radius', 'box-sizing', 'height', 'cursor', 'pointer-events', 'user-select'];

spec('the hostile page does not change the styles of the element, nor the element those of the page', async ({ host, browser }) => {
  const elementStyles = async (name) => {
    await host.open(name);
    await host.waitForPhase('idle');
    await until('end of all animations', () => browser.run(() => document.getAnimations().length === 0));
    return browser.run((properties) => [...document.querySelector('#pay').shadowRoot.querySelectorAll('.snap-checkout, .snap-checkout *')]
      .map((part) => [part.className, ...properties.map((property) => `${property}: ${getComputedStyle(part)[property]}`)]), STYLE_PROPERTIES);
  };
  const pageStyles = async () => {
    await until('end of all animations', () => browser.run(() => document.getAnimations().length === 0));
    return browser.run(computedStyles, STYLE_PROPERTIES.filter((property) => property !== 'height'));
  };
  const computedStyles = (properties) => ['html', 'body', '#title', '#layout', '#outer', '#below'].map((selector) => {
    const style = getComputedStyle(document.querySelector(selector));
    return [selector, document.querySelector(selector).getAttribute('style'), ...properties.map((property) => style[property])];
  });

  const expected = await elementStyles('plain');
  assert.ok(expected.length > 4);
  assert.deepEqual(await elementStyles('hostile'), expected);

  const withElement = await pageStyles();
  host.hosts.replaceResponse(/^\/npm\//, { status: 404 });
  await host.open('hostile');
  assert.deepEqual(await pageStyles(), withElement);
});

spec('mounting and unmounting the element 200 times leaks nothing', async ({ host, browser }) => {
  await host.open('mount', { count: '' });
  await until('definition of the element', () => browser.run(() => Boolean(customElements.get('snap-checkout'))));
  // The first rounds create what exists once per page.
  await runRounds(browser, 30);
  const before = await countResources(browser);
  await runRounds(browser, 200);
  const after = await countResources(browser);
  assert.deepEqual(after, before);
  assert.ok(before.memory > 0 && before.instances === 1, JSON.stringify(before));
  assert.equal(before.frames, 1);
  await host.assertClean();
});

/** Mounts and unmounts the element: mostly when it is ready, sometimes at once or while it prepares a payment. */
async function runRounds(browser, times) {
  for (let done = 0; done < times; done += 10) await runTenRounds(browser);
}

async function runTenRounds(browser) {
  // Not an asynchronous script of the driver, because each of those leaks a timer.
  await browser.run(`window.roundsDone = false; (${tenRoundsInPage})().then(() => { window.roundsDone = true; }, (error) => { window.roundsDone = String(error); })`);
  assert.equal(await until('end of ten rounds', () => browser.run(() => window.roundsDone), { timeout: 45_000 }), true);
}

async function tenRoundsInPage() {
  const nextTask = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(); };
    port2.postMessage(null);
  });
  const waitForPhase = async (element, phases) => {
    while (!phases.includes(element.shadowRoot.querySelector('.snap-checkout')?.dataset.phase)) await nextTask();
  };
  for (let round = 0; round < 10; round += 1) {
    document.querySelector('#place').append(document.querySelector('#widget').content.cloneNode(true));
    const element = document.querySelector('#pay');
    if (round !== 1) {
      element.dispatchEvent(new PointerEvent('pointerenter'));
      await waitForPhase(element, ['idle', 'closed', 'ready']);
    }
    if (round === 2) {
      element.prepare();
      await waitForPhase(element, ['preparing', 'ready']);
    }
    if (round === 3 && !window.prepared) {
      window.prepared = true;
      await element.prepare();
      await waitForPhase(element, ['ready', 'closed']);
    }
    element.remove();
    await nextTask();
  }
}

/** Returns the counts once two readings in a row are equal. */
async function countResources(browser) {
  let previous, current;
  await until(() => `stable counts: ${previous} became ${current}`, async () => {
    if (browser.engine === 'chromium') await browser.cdp('HeapProfiler.collectGarbage');
    previous = current;
    const counted = await browser.run(() => window.recorded.counts());
    if (browser.engine === 'chromium') {
      const { nodes, jsEventListeners } = await browser.cdp('Memory.getDOMCounters');
      Object.assign(counted, { allNodes: nodes, allListeners: jsEventListeners });
    }
    // The timeout of the script load, of which there is one per page, ends by itself.
    counted.timers = counted.timers.filter((timer) => timer !== 'setTimeout 30000');
    current = JSON.stringify(counted);
    return current === previous;
  });
  return JSON.parse(current);
}
