// The element while its wasm loads, and on pages where it does not load.
import assert from 'node:assert/strict';
import { CARDS } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

const WASM = /\.wasm$/;

/** Opens a page and holds its wasm until the returned hold is released. */
async function openWithHeldWasm(host, attributes) {
  const hold = host.hosts.holdResponses(WASM);
  await host.open('plain', attributes);
  await hold.arrived;
  return hold;
}

/** Waits for the first `snap-fault` and returns the details of all. */
function waitForFaults(host) {
  return until('snap-fault', async () => {
    const faults = await host.events('fault');
    return faults.length && faults;
  });
}

spec('a click before wasm has loaded opens the popup after it has loaded', async ({ host, browser }) => {
  const hold = await openWithHeldWasm(host);
  await browser.click('#pay >>> button');
  await browser.element('#pay >>> button[aria-busy=true]');
  assert.equal(host.hosts.tokenRequests(), 0);
  hold.release();
  await host.completePayment();
});

spec('a page with the inline shell requests each file once, and its own modules load', async ({ host, browser }) => {
  await host.open('inline-element');
  await host.waitForPhase('idle');
  assert.equal(await browser.text('#stock'), 'Tersedia 12');
  assert.deepEqual(host.hosts.requestsTo(/^\/npm\//).map(({ path }) => path).sort(), ['/npm/checkout.js', '/npm/checkout.wasm']);
  await host.assertClean();
});

spec('with the inline shell, a later element retries a failed download', async ({ host, browser }) => {
  host.hosts.replaceResponse(/\/checkout\.js$/, { status: 503 });
  await host.open('inline-element', { hidden: '' });
  const responses = () => host.hosts.requestsTo(/\/checkout\.js$/).filter(({ status }) => status);
  await until('two failed attempts', () => responses().length === 2);
  // After this response the page has handled the earlier ones.
  await browser.run(() => fetch('/npm/nothing').then(() => {}));
  host.hosts.restore();
  await browser.run(() => {
    document.querySelector('#pay').remove();
    const later = Object.assign(document.createElement('snap-checkout'), { id: 'pay', clientKey: 'SB-Mid-client-local-0000000000', environment: 'http://127.0.0.1:8090' });
    document.querySelector('main').append(later);
  });
  await host.waitForPhase('idle');
  assert.deepEqual(await host.events('fault'), []);
});

spec('a page with the inline shell shows its fallback when the other files are missing', async ({ host, browser }) => {
  host.hosts.replaceResponse(/\/checkout\.js$/, { status: 404 });
  await host.open('inline-element');
  await browser.element('#pay > a[href="/checkout"]');
  const [{ code, message }] = await waitForFaults(host);
  assert.equal(code, 'module_missing');
  assert.match(message, /checkout\.js/);
});

spec('a button pressed while wasm loads is clicked on release', async ({ host, browser }) => {
  const hold = await openWithHeldWasm(host);
  await browser.pressAndHold('#pay >>> button');
  hold.release();
  await until('end of the download', async () => (await host.events('progress')).some(({ loaded, total }) => loaded === total));
  await browser.releasePointer();
  await host.completePayment();
});

spec('an early click survives when the page removes and reinserts the element', async ({ host, browser }) => {
  const hold = host.hosts.holdResponses(WASM);
  await host.open('plain');
  await hold.arrived;
  await browser.click('#pay >>> button');
  await browser.run(() => new Promise((resolve) => {
    const element = document.querySelector('#pay');
    const placeholder = document.createComment('here');
    element.replaceWith(placeholder);
    setTimeout(() => { placeholder.replaceWith(element); setTimeout(resolve); });
  }));
  hold.release();
  await host.waitForPhase('open');
  await host.completePayment();
});

spec('several early clicks start one payment', async ({ host, browser }) => {
  const hold = await openWithHeldWasm(host);
  for (let click = 0; click < 5; click += 1) await browser.click('#pay >>> button');
  hold.release();
  await host.completePayment();
});

spec('the layout does not shift when wasm replaces the placeholder', async ({ host, browser }) => {
  const hold = await openWithHeldWasm(host);
  const box = () => browser.run(() => {
    const rect = (node) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x, y, width, height].map((n) => Math.round(n * 4) / 4); };
    const element = document.querySelector('#pay');
    return { element: rect(element), button: rect(element.shadowRoot.querySelector('button:not([hidden])')) };
  });
  const before = await box();
  assert.ok(before.button[3] >= 44, JSON.stringify(before));
  hold.release();
  await host.waitForPhase('idle');
  const after = await box();
  // In WebKit the height of a text line is a whole number of pixels.
  for (const part of ['element', 'button']) before[part].forEach((size, at) => assert.ok(Math.abs(size - after[part][at]) <= 1, JSON.stringify({ before, after })));
});

const wasmFile = (hosts) => hosts.packageFile('checkout.wasm');
const LOGIN = { type: 'text/html', body: '<!doctype html>\n<title>Login</title>' };

/** Failure → code, message, setup, attributes of the element, action before wasm loads. */
const BROKEN = {
  'is missing on the server': ['module_missing', /answers 404/, (hosts) => hosts.replaceResponse(WASM, { status: 404 })],
  'fails with a connection reset': ['module_missing', /checkout\.wasm/, (hosts) => hosts.replaceResponse(WASM, { reset: true })],
  'is a login page': ['module_missing', /got 36 of "text\/html", which begin with "<!doctype html> <title>Login/, (hosts) => hosts.replaceResponse(WASM, LOGIN)],
  'is truncated': ['module_missing', /expected \d+ bytes of program, and got 1000 of "application\/wasm":/, (hosts) => hosts.replaceResponse(WASM, { body: wasmFile(hosts).subarray(0, 1000) })],
  'is corrupted': ['module_missing', /and got \d+ of "application\/wasm":/, (hosts) => hosts.replaceResponse(WASM, { body: wasmFile(hosts).fill(255, 5_000, 6_000) })],
  'has no JavaScript glue': ['module_missing', /checkout\.js/, (hosts) => hosts.replaceResponse(/\/checkout\.js$/, { status: 404 })],
  'cannot run in this browser': ['module_unsupported', /does not run WebAssembly/, () => {}, { 'without-wasm': '' }],
  'is blocked by the policy of the page': ['module_unsupported', /does not run WebAssembly/, () => {}, { 'without-eval': '' }],
  'panics at start': ['module_panicked', /as planned/, () => {}, { trap: '' }, (browser) => browser.run(() => { window.trapped = true; })],
};

for (const [failure, [code, message, setUp, attributes = {}, beforeLoad]] of Object.entries(BROKEN)) {
  spec(`wasm that ${failure} leaves the page's fallback and one snap-fault`, async ({ host, browser }) => {
    setUp(host.hosts);
    if (beforeLoad) {
      const hold = await openWithHeldWasm(host, attributes);
      await beforeLoad(browser);
      hold.release();
    } else {
      await host.open('plain', attributes);
    }
    await browser.element('#pay > a[href="/checkout"]');
    const [fault, ...more] = await waitForFaults(host);
    assert.deepEqual(more, []);
    assert.equal(fault.code, code);
    assert.match(fault.message, message);
    assert.ok(fault.url.endsWith(`errors.md#${code}`), fault.url);
    assert.equal((await host.state()).phase, 'idle');
    // A failed download is not reported as an error of the page, but a blocked one is reported as a violation.
    if (failure.includes('policy')) await host.assertOnlyViolation(/wasm/);
    else await host.assertClean();
  });
}

spec('wasm that loads on the second attempt is used without a reload', async ({ host, browser }) => {
  host.hosts.replaceResponse(WASM, { status: 503 });
  await host.open('plain');
  await waitForFaults(host);
  host.hosts.restore();
  await browser.run(() => { document.querySelector('#pay').pay(); });
  await host.completePayment();
});

spec('after a panic in use the page works and the customer can pay by the fallback', async ({ host, browser }) => {
  await host.open('plain', { trap: '' });
  await host.waitForPhase('idle');
  await browser.run(() => { window.trapped = true; });
  await host.clickAction('pay');
  await browser.element('#pay > a[href="/checkout"]');
  const faults = await waitForFaults(host);
  // The pointer over the element may have triggered another attempt.
  assert.ok(faults.every(({ code }) => code === 'module_panicked'), JSON.stringify(faults));
  // The page's own script still runs.
  assert.equal(await browser.run(() => { document.title = 'alive'; return document.title; }), 'alive');
  // A new element loads wasm again.
  await browser.run(() => {
    window.trapped = false;
    const panicked = document.querySelector('#pay');
    const replacement = panicked.cloneNode(true);
    replacement.id = 'again';
    panicked.replaceWith(replacement);
  });
  await host.openPopup('#again');
  await host.popup.payByCard(CARDS.acceptedWithoutOtp);
  await host.waitUntilPaid('#again');
  await host.assertClean();
});

spec('a panic during a pending payment closes the event stream', async ({ host, browser }) => {
  await host.open('plain', { trap: '' });
  await host.waitForPhase('idle');
  await browser.run(() => {
    window.streams = [];
    const Real = window.EventSource;
    window.EventSource = class extends Real { constructor(...args) { super(...args); window.streams.push(this); } };
  });
  await host.openPopup();
  await host.popup.startPending('bca_va');
  await host.popup.finish();
  await host.waitForPhase('pending');
  const streams = () => browser.run(() => window.streams.map(({ readyState }) => readyState));
  await until('open event stream', async () => (await streams()).includes(1));
  await browser.run(() => { window.trapped = true; document.querySelector('#pay').reset(); });
  await browser.element('#pay > a[href="/checkout"]');
  await until('end of all event streams', async () => (await streams()).every((state) => state === 2));
  await host.assertClean();
});

const INVALID = {
  environment: 'staging',
  'client-key': 'SB-Mid-server-abcdefgh',
  'token-url': 'ftp://shop.example/orders',
  order: '{"items":',
  mode: 'window',
  amount: '12,50',
  language: 'fr',
  credentials: 'all',
};

for (const [name, value] of Object.entries(INVALID)) {
  spec(`an invalid ${name} is reported once, with the expected value`, async ({ host, browser }) => {
    await host.open('plain', { [name]: value });
    const faults = await waitForFaults(host);
    assert.equal(faults.length, 1, JSON.stringify(faults));
    assert.match(faults[0].message, new RegExp(`^${name}: expected .+, and got .+`));
    const lines = (await browser.console()).map(({ message }) => message).filter((line) => line.includes('snap-checkout>'));
    assert.equal(lines.length, 1, lines.join('\n'));
    for (const part of [name, 'expected', 'docs/errors.md#attribute_invalid']) assert.ok(lines[0].includes(part), lines[0]);
    assert.ok(!faults[0].message.includes('SB-Mid-server-abcdefgh'), 'the message repeats the server key');
    // Without a required attribute the page shows its fallback, otherwise the element.
    await until('visible pay button or fallback', async () => (await browser.find('#pay > a', true)) ?? browser.find('#pay >>> [data-way=pay]', true));
    assert.equal((await host.events('fault')).length, 1);
    await host.assertClean();
  }, { engines: ['chromium'] }); // Attribute parsing does not depend on the engine.
}
