// L1, L2: from the press to snap.pay. What the merchant and the gateway take is known to the server and taken off;
// what stays is the page's own. The script is there already ("warm"), or is fetched on the press ("cold").
import { openPage } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';
import { abba, bounds, median, quantile, spread } from '../lib/stats.mjs';

const WARM = [0, 50, 150, 300].map((token) => ({ token, script: 0, warm: true }));
const COLD = [[50, 50], [150, 150], [300, 300], [50, 300], [300, 50]].map(([token, script]) => ({ token, script, warm: false }));
const NAMES = ['ours', 'vanilla', 'sequential'];

/** One press on a fresh page: the time to snap.pay, and how much of it was the page's own. */
async function press(chromium, site, name, { token, script, warm }) {
  const side = SIDES[name];
  const page = await openPage(chromium);
  try {
    await site.take(token, script);
    await page.open(site.url(name));
    await page.until(side.ready);
    const at = await where(page, side);
    if (warm) {
      await page.move(at);
      // The sequential page has no reason to load ahead; here it is made to, so that only the token counts.
      if (name === 'sequential') return null;
      await page.until('globalThis.snap', 'snap.js, on intent');
    }
    await page.click(at);
    await page.until('__bench.pays.length', 'snap.pay');
    const seen = await page.run(`({ click: __bench.clicks[0], pay: __bench.pays[0], script: performance.getEntriesByType('resource').find(({ name }) => name.includes('/snap/snap.js')).requestStart })`);
    const held = Object.fromEntries((await site.held()).map(({ name: what, took }) => [what, took]));
    const left = Math.max(0, seen.script + held.script - seen.click);
    const total = seen.pay - seen.click;
    return { total, own: total - Math.max(left, held.token) };
  } finally {
    await page.close();
  }
}

export async function where(page, side) {
  return page.run(`(() => { const { x, y, width, height } = (${side.button}).getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2 }; })()`);
}

export async function click({ chromium, site, rounds, tell }) {
  const own = { ours: [], vanilla: [] };
  const cold = { ours: [], sequential: [], vanilla: [] };
  const ratios = [];
  const byCase = [];
  for (const given of [...WARM, ...COLD]) {
    const seen = { ours: [], vanilla: [], sequential: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const name of abba(NAMES)) {
        const one = await press(chromium, site, name, given);
        if (one) seen[name].push(one);
      }
    }
    for (const name of ['ours', 'vanilla']) own[name].push(...seen[name].map((one) => one.own));
    const totals = (name) => seen[name].map(({ total }) => total);
    if (!given.warm && given.token === given.script && given.token >= 150) {
      for (const name of NAMES) cold[name].push(...totals(name));
      ratios.push(...totals('ours').map((total, at) => total / totals('sequential')[at]));
    }
    byCase.push({ ...given, ours: median(totals('ours')), vanilla: median(totals('vanilla')), ...(given.warm ? {} : { sequential: median(totals('sequential')) }) });
    tell(`token ${given.token} ms, snap.js ${given.warm ? 'there' : `${given.script} ms`}`);
  }
  const runs = own.ours.length;
  return [
    { name: 'L1 click to snap.pay, the page\'s own part, median', unit: 'ms', ours: median(own.ours), peer: median(own.vanilla), against: 'vanilla', spread: spread(own.ours), runs, must: 5 },
    { name: 'L1 the same, p95', unit: 'ms', ours: quantile(own.ours, 0.95), peer: quantile(own.vanilla, 0.95), against: 'vanilla', runs, must: 15 },
    { name: 'L2 cold click to snap.pay', unit: 'ms', ours: median(cold.ours), peer: median(cold.sequential), against: 'sequential', ratio: median(ratios), bounds: bounds(ratios), spread: spread(ratios), runs: ratios.length, must: 0.65, gate: 'ratio' },
    ...byCase.map(({ warm, token, script, ...times }) => ({ name: `   token ${token} ms, snap.js ${warm ? 'there' : `${script} ms`}`, unit: 'ms', ours: times.ours, peer: times.vanilla, against: 'vanilla', sequential: times.sequential, runs: rounds * 2, detail: true })),
  ];
}
