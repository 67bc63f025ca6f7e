// M1, M2: wasm memory. The initial number of pages, the memory of each further element, and the growth after opening and
// closing the popup a thousand times.
import { readFileSync } from 'node:fs';
import { openPage } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';

const PAGE_BYTES = 65_536;

/** The initial number of pages in a module's memory section. */
export function initialPages(path) {
  const bytes = readFileSync(path);
  let at = 8;
  const number = () => { for (let value = 0, scale = 1; ; scale *= 128) { const byte = bytes[at++]; value += (byte & 127) * scale; if (byte < 128) return value; } };
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = number();
    if (id === 5) { number(); at += 1; return number(); }
    at += size;
  }
  throw new Error(`${path} defines no memory`);
}

async function readMemory(page) {
  await page.send('HeapProfiler.collectGarbage');
  const { usedSize } = await page.send('Runtime.getHeapUsage');
  return { wasm: await page.run('__bench.wasmBytes()'), js: usedSize };
}

async function mountElements(chromium, site, count) {
  const page = await openPage(chromium);
  try {
    await site.setDelays(0, 0);
    await page.open(site.url('subject'));
    await page.until(SIDES.subject.ready);
    await page.run(`(() => {
      globalThis.startedAt = performance.now();
      const first = document.querySelector('snap-checkout');
      for (let at = 1; at < ${count}; at += 1) {
        const other = first.cloneNode(true);
        other.setAttribute('order', JSON.stringify({ items: [{ id: 'kopi-gayo-250g', quantity: at }] }));
        other.style.cssText = 'position: absolute; top: 0; left: 0; width: 20rem';
        document.body.append(other);
      }
    })()`);
    await page.until("[...document.querySelectorAll('snap-checkout')].every(({ shadowRoot }) => shadowRoot.querySelector('.snap-checkout__main'))", `${count} elements`);
    const duration = await page.run('performance.now() - startedAt');
    return { ...await readMemory(page), duration, wasmRequests: page.requestsTo('.wasm').length };
  } finally {
    await page.close();
  }
}

async function openAndClose(chromium, site) {
  const page = await openPage(chromium);
  try {
    await site.setDelays(0, 0);
    await page.open(site.url('subject'));
    await page.until(SIDES.subject.ready);
    const run = (from, to) => page.run(`(async () => {
      const element = document.querySelector('snap-checkout');
      for (let at = ${from}; at < ${to}; at += 1) {
        await element.pay();
        if (!await __bench.until(() => __bench.pays.length === at + 1, 10000)) throw new Error('no popup at ' + at + ' in ' + element.phase);
        __bench.close();
        if (!await __bench.until(() => element.phase === 'closed', 10000)) throw new Error('not closed at ' + at + ' but ' + element.phase);
      }
    })()`);
    await run(0, 10);
    const afterTen = await readMemory(page);
    await run(10, 1000);
    return { afterTen, afterThousand: await readMemory(page), tokens: page.requestsTo('/api/orders').length };
  } finally {
    await page.close();
  }
}

export async function measureMemory({ chromium, site, wasm, log }) {
  const pages = initialPages(wasm);
  const byCount = {};
  for (const count of [1, 10, 100, 1000]) byCount[count] = await mountElements(chromium, site, count);
  log('1, 10, 100 and 1,000 elements on a page');
  const cycles = await openAndClose(chromium, site);
  log('the popup opened and closed 1,000 times');
  const perElement = (byCount[1000].wasm - byCount[100].wasm) / 900;
  return [
    { name: 'M1 initial linear memory', unit: 'pages', subject: pages, baseline: 17, against: 'default', runs: 1, target: 4, gate: 'value' },
    { name: 'M2 wasm memory of each further element', unit: 'B', subject: perElement, runs: 1, target: 4096, gate: 'value' },
    { name: 'M2 wasm memory after 1,000 openings, relative to 10', subject: cycles.afterThousand.wasm, baseline: cycles.afterTen.wasm, against: 'after 10', unit: 'B', ratio: cycles.afterThousand.wasm / cycles.afterTen.wasm, runs: 1, target: 1.5, gate: 'ratio' },
    { name: '   JavaScript heap after 1,000 openings, relative to 10', subject: cycles.afterThousand.js, baseline: cycles.afterTen.js, against: 'after 10', unit: 'B', ratio: cycles.afterThousand.js / cycles.afterTen.js, tokens: cycles.tokens, runs: 1, detail: true },
    ...Object.entries(byCount).map(([count, { wasm: bytes, js, duration, wasmRequests }]) => ({ name: `   ${count} elements: wasm memory`, unit: 'B', subject: bytes, pages: bytes / PAGE_BYTES, jsHeap: js, duration, wasmRequests, runs: 1, detail: true })),
    { name: 'wasm requests with 1,000 elements', subject: byCount[1000].wasmRequests, runs: 1, target: 1, gate: 'value' },
  ];
}
