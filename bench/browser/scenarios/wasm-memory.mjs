// M1, M2: wasm's memory. How many pages it begins with; what each further widget takes; and whether opening and
// closing the popup a thousand times leaves anything behind.
import { readFileSync } from 'node:fs';
import { openPage } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';

const PAGE = 65_536;

/** The first number of pages in a module's memory section. */
export function firstPages(path) {
  const bytes = readFileSync(path);
  let at = 8;
  const number = () => { for (let value = 0, scale = 1; ; scale *= 128) { const byte = bytes[at++]; value += (byte & 127) * scale; if (byte < 128) return value; } };
  while (at < bytes.length) {
    const id = bytes[at++];
    const size = number();
    if (id === 5) { number(); at += 1; return number(); }
    at += size;
  }
  throw new Error(`${path} has no memory of its own`);
}

async function heaps(page) {
  await page.send('HeapProfiler.collectGarbage');
  const { usedSize } = await page.send('Runtime.getHeapUsage');
  return { wasm: await page.run('__bench.wasmBytes()'), js: usedSize };
}

async function widgets(chromium, site, many) {
  const page = await openPage(chromium);
  try {
    await site.take(0, 0);
    await page.open(site.url('ours'));
    await page.until(SIDES.ours.ready);
    await page.run(`(() => {
      globalThis.began = performance.now();
      const first = document.querySelector('snap-checkout');
      for (let at = 1; at < ${many}; at += 1) {
        const other = first.cloneNode(true);
        other.setAttribute('order', JSON.stringify({ items: [{ id: 'kopi-gayo-250g', quantity: at }] }));
        other.style.cssText = 'position: absolute; top: 0; left: 0; width: 20rem';
        document.body.append(other);
      }
    })()`);
    await page.until("[...document.querySelectorAll('snap-checkout')].every(({ shadowRoot }) => shadowRoot.querySelector('.snap-checkout__main'))", `${many} widgets`);
    const takes = await page.run('performance.now() - began');
    return { ...await heaps(page), takes, asked: page.asked('.wasm').length };
  } finally {
    await page.close();
  }
}

async function cycles(chromium, site) {
  const page = await openPage(chromium);
  try {
    await site.take(0, 0);
    await page.open(site.url('ours'));
    await page.until(SIDES.ours.ready);
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
    const ten = await heaps(page);
    await run(10, 1000);
    return { ten, thousand: await heaps(page), tokens: page.asked('/api/orders').length };
  } finally {
    await page.close();
  }
}

export async function heap({ chromium, site, wasm, tell }) {
  const pages = firstPages(wasm);
  const by = {};
  for (const many of [1, 10, 100, 1000]) by[many] = await widgets(chromium, site, many);
  tell('1, 10, 100, 1,000 widgets on a page');
  const opened = await cycles(chromium, site);
  tell('the popup opened and closed 1,000 times');
  const each = (by[1000].wasm - by[100].wasm) / 900;
  return [
    { name: 'M1 first linear memory', unit: 'pages', ours: pages, peer: 17, against: 'the default', runs: 1, must: 4, gate: 'value' },
    { name: 'M2 wasm memory for each further widget', unit: 'B', ours: each, runs: 1, must: 4096, gate: 'value' },
    { name: 'M2 wasm memory after 1,000 openings, over after 10', ours: opened.thousand.wasm, peer: opened.ten.wasm, against: 'after 10', unit: 'B', ratio: opened.thousand.wasm / opened.ten.wasm, runs: 1, must: 1.5, gate: 'ratio' },
    { name: '   JavaScript heap after 1,000 openings, over after 10', ours: opened.thousand.js, peer: opened.ten.js, against: 'after 10', unit: 'B', ratio: opened.thousand.js / opened.ten.js, tokens: opened.tokens, runs: 1, detail: true },
    ...Object.entries(by).map(([many, { wasm: bytes, js, takes, asked }]) => ({ name: `   ${many} widgets: wasm memory`, unit: 'B', ours: bytes, pages: bytes / PAGE, jsHeap: js, takes, wasmRequests: asked, runs: 1, detail: true })),
    { name: 'wasm requests with 1,000 widgets', ours: by[1000].asked, runs: 1, must: 1, gate: 'value' },
  ];
}
