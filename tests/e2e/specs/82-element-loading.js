// The time before the widget's program is there, and the pages where it never comes.
import assert from 'node:assert/strict';
import { CARDS } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { spec } from '../lib/runner.js';

const WASM = /\.wasm$/;

/** The page as it stands until what this answers is released. */
async function beforeTheProgram(host, attributes) {
  const held = host.hosts.hold(WASM);
  await host.open('plain', attributes);
  await held.arrived;
  return held;
}

/** The faults that were told so far, once there is one. */
function faults(host) {
  return until('snap-fault', async () => {
    const told = await host.events('fault');
    return told.length && told;
  });
}

spec('a click that comes before the program is kept, and opens the popup once it is there', async ({ host, browser }) => {
  const held = await beforeTheProgram(host);
  await browser.click('#pay >>> button');
  await browser.element('#pay >>> button[aria-busy=true]');
  assert.equal(host.hosts.tokenRequests(), 0);
  held.release();
  await host.pays();
});

spec('a page that holds the shell itself asks for each file once, and its own modules are found', async ({ host, browser }) => {
  await host.open('inline-element');
  await host.phase('idle');
  assert.equal(await browser.text('#stock'), 'Tersedia 12');
  assert.deepEqual(host.hosts.asked(/^\/npm\//).map(({ path }) => path).sort(), ['/npm/checkout.js', '/npm/checkout.wasm']);
  await host.isClean();
});

spec('what a page that holds the shell itself could not have at first is asked for anew by an element that comes later', async ({ host, browser }) => {
  host.hosts.breaks(/\/checkout\.js$/, { status: 503 });
  await host.open('inline-element', { hidden: '' });
  const answered = () => host.hosts.asked(/\/checkout\.js$/).filter(({ status }) => status);
  await until('two tries in vain', () => answered().length === 2);
  // What is answered after them is heard after them.
  await browser.run(() => fetch('/npm/nothing').then(() => {}));
  host.hosts.mend();
  await browser.run(() => {
    document.querySelector('#pay').remove();
    const later = Object.assign(document.createElement('snap-checkout'), { id: 'pay', clientKey: 'SB-Mid-client-local-0000000000', environment: 'http://127.0.0.1:8090' });
    document.querySelector('main').append(later);
  });
  await host.phase('idle');
  assert.deepEqual(await host.events('fault'), []);
});

spec('a page that holds the shell itself shows what it wrote when the rest is missing', async ({ host, browser }) => {
  host.hosts.breaks(/\/checkout\.js$/, { status: 404 });
  await host.open('inline-element');
  await browser.element('#pay > a[href="/checkout"]');
  const [{ code, message }] = await faults(host);
  assert.equal(code, 'module_missing');
  assert.match(message, /checkout\.js/);
});

spec('a button that is held while the program comes is clicked when it is let go', async ({ host, browser }) => {
  const held = await beforeTheProgram(host);
  await browser.hold('#pay >>> button');
  held.release();
  await until('program', async () => (await host.events('progress')).some(({ loaded, total }) => loaded === total));
  await browser.letGo();
  await host.pays();
});

spec('an early click is kept when the page takes the element off and puts it back meanwhile', async ({ host, browser }) => {
  const held = host.hosts.hold(WASM);
  await host.open('plain');
  await held.arrived;
  await browser.click('#pay >>> button');
  await browser.run(() => new Promise((resolve) => {
    const element = document.querySelector('#pay');
    const mark = document.createComment('here');
    element.replaceWith(mark);
    setTimeout(() => { mark.replaceWith(element); setTimeout(resolve); });
  }));
  held.release();
  await host.phase('open');
  await host.pays();
});

spec('many early clicks are one payment', async ({ host, browser }) => {
  const held = await beforeTheProgram(host);
  for (let click = 0; click < 5; click += 1) await browser.click('#pay >>> button');
  held.release();
  await host.pays();
});

spec('nothing moves when the program takes the place of what was shown before', async ({ host, browser }) => {
  const held = await beforeTheProgram(host);
  const box = () => browser.run(() => {
    const part = (one) => { const { x, y, width, height } = one.getBoundingClientRect(); return [x, y, width, height].map((n) => Math.round(n * 4) / 4); };
    const element = document.querySelector('#pay');
    return { element: part(element), button: part(element.shadowRoot.querySelector('button:not([hidden])')) };
  });
  const before = await box();
  assert.ok(before.button[3] >= 44, JSON.stringify(before));
  held.release();
  await host.phase('idle');
  const after = await box();
  // WebKit's lines of text are whole pixels high.
  for (const part of ['element', 'button']) before[part].forEach((size, at) => assert.ok(Math.abs(size - after[part][at]) <= 1, JSON.stringify({ before, after })));
});

const program = (hosts) => hosts.original('checkout.wasm');
const LOGIN = { type: 'text/html', body: '<!doctype html>\n<title>Login</title>' };

/** What goes wrong → the code, what the message says, how it is done, attributes, what happens before the program comes. */
const BROKEN = {
  'is not on the server': ['module_missing', /answers 404/, (hosts) => hosts.breaks(WASM, { status: 404 })],
  'breaks off': ['module_missing', /checkout\.wasm/, (hosts) => hosts.breaks(WASM, { reset: true })],
  'is a login page': ['module_missing', /got 36 of "text\/html", which begin with "<!doctype html> <title>Login/, (hosts) => hosts.breaks(WASM, LOGIN)],
  'is cut short': ['module_missing', /expected \d+ bytes of program, and got 1000 of "application\/wasm":/, (hosts) => hosts.breaks(WASM, { body: program(hosts).subarray(0, 1000) })],
  'is broken inside': ['module_missing', /and got \d+ of "application\/wasm":/, (hosts) => hosts.breaks(WASM, { body: program(hosts).fill(255, 5_000, 6_000) })],
  'has glue that is missing': ['module_missing', /checkout\.js/, (hosts) => hosts.breaks(/\/checkout\.js$/, { status: 404 })],
  'cannot run in this browser': ['module_unsupported', /runs no WebAssembly/, () => {}, { 'without-wasm': '' }],
  'may not run by the policy of the page': ['module_unsupported', /runs no WebAssembly/, () => {}, { 'without-eval': '' }],
  'panics at once': ['module_panicked', /as planned/, () => {}, { trap: '' }, (browser) => browser.run(() => { window.trapped = true; })],
};

for (const [what, [code, message, breaks, attributes = {}, then]] of Object.entries(BROKEN)) {
  spec(`a program that ${what} leaves what the page wrote, and says so once`, async ({ host, browser }) => {
    breaks(host.hosts);
    if (then) {
      const held = await beforeTheProgram(host, attributes);
      await then(browser);
      held.release();
    } else {
      await host.open('plain', attributes);
    }
    await browser.element('#pay > a[href="/checkout"]');
    const [fault, ...more] = await faults(host);
    assert.deepEqual(more, []);
    assert.equal(fault.code, code);
    assert.match(fault.message, message);
    assert.ok(fault.url.endsWith(`errors.md#${code}`), fault.url);
    assert.equal((await host.look()).phase, 'idle');
    // Fetching in vain is no error of the page's; what its policy forbids is told to it.
    if (what.includes('policy')) await host.brokeOnly(/wasm/);
    else await host.isClean();
  });
}

spec('a program that comes on the second try is used: the page need not be opened again', async ({ host, browser }) => {
  host.hosts.breaks(WASM, { status: 503 });
  await host.open('plain');
  await faults(host);
  host.hosts.mend();
  await browser.run(() => { document.querySelector('#pay').pay(); });
  await host.pays();
});

spec('a program that panics in the middle leaves the page alive and the customer with a way to pay', async ({ host, browser }) => {
  await host.open('plain', { trap: '' });
  await host.phase('idle');
  await browser.run(() => { window.trapped = true; });
  await host.press('pay');
  await browser.element('#pay > a[href="/checkout"]');
  const told = await faults(host);
  // A pointer that is still there may have had it try once more.
  assert.ok(told.every(({ code }) => code === 'module_panicked'), JSON.stringify(told));
  // The page's own script goes on.
  assert.equal(await browser.run(() => { document.title = 'alive'; return document.title; }), 'alive');
  // And a fresh program can be had.
  await browser.run(() => {
    window.trapped = false;
    const old = document.querySelector('#pay');
    const fresh = old.cloneNode(true);
    fresh.id = 'again';
    old.replaceWith(fresh);
  });
  await host.openPopup('#again');
  await host.popup.payByCard(CARDS.acceptedAtOnce);
  await host.isPaid('#again');
  await host.isClean();
});

spec('a program that panics while it waits for money hears of nothing any more', async ({ host, browser }) => {
  await host.open('plain', { trap: '' });
  await host.phase('idle');
  await browser.run(() => {
    window.streams = [];
    const Real = window.EventSource;
    window.EventSource = class extends Real { constructor(...given) { super(...given); window.streams.push(this); } };
  });
  await host.openPopup();
  await host.popup.start('bca_va');
  await host.popup.finish();
  await host.phase('pending');
  const streams = () => browser.run(() => window.streams.map(({ readyState }) => readyState));
  await until('stream', async () => (await streams()).includes(1));
  await browser.run(() => { window.trapped = true; document.querySelector('#pay').reset(); });
  await browser.element('#pay > a[href="/checkout"]');
  assert.deepEqual(new Set(await streams()), new Set([2]));
  await host.isClean();
});

const WRONG = {
  environment: 'staging',
  'client-key': 'SB-Mid-server-abcdefgh',
  'token-url': 'ftp://shop.example/orders',
  order: '{"items":',
  mode: 'window',
  amount: '12,50',
  language: 'fr',
  credentials: 'all',
};

for (const [name, value] of Object.entries(WRONG)) {
  spec(`a wrong ${name} is said once, with what was expected`, async ({ host, browser }) => {
    await host.open('plain', { [name]: value });
    const told = await faults(host);
    assert.equal(told.length, 1, JSON.stringify(told));
    assert.match(told[0].message, new RegExp(`^${name}: expected .+, and got .+`));
    const lines = (await browser.console()).map(({ message }) => message).filter((line) => line.includes('snap-checkout>'));
    assert.equal(lines.length, 1, lines.join('\n'));
    for (const word of [name, 'expected', 'docs/errors.md#attribute_invalid']) assert.ok(lines[0].includes(word), lines[0]);
    assert.ok(!told[0].message.includes('SB-Mid-server-abcdefgh'), 'a server key is not repeated');
    // Without what is vital the page's own way to pay is shown, else the widget.
    await until('a way to pay', async () => (await browser.find('#pay > a', true)) ?? browser.find('#pay >>> [data-way=pay]', true));
    assert.equal((await host.events('fault')).length, 1);
    await host.isClean();
  }, { engines: ['chromium'] }); // What is read from attributes is the same everywhere.
}
