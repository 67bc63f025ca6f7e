// L1, L2: the time from the click to snap.pay. The latency of the backend and the gateway is known and subtracted; the
// rest is the page's own time. The script is already loaded ("warm"), or is fetched on the click ("cold").
import { openPage } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';
import { abba, bounds, median, quantile, spread } from '../lib/stats.mjs';

const WARM = [0, 50, 150, 300].map((token) => ({ token, script: 0, warm: true }));
const COLD = [[50, 50], [150, 150], [300, 300], [50, 300], [300, 50]].map(([token, script]) => ({ token, script, warm: false }));
const NAMES = ['subject', 'vanilla', 'sequential'];

/** One click on a fresh page: the time to snap.pay, and the page's own part of it. */
async function clickOnce(chromium, site, name, { token, script, warm }) {
  const side = SIDES[name];
  const page = await openPage(chromium);
  try {
    await site.setDelays(token, script);
    await page.open(site.url(name));
    await page.until(side.ready);
    const position = await buttonCentre(page, side);
    if (warm) {
      await page.move(position);
      // The sequential baseline never loads the script in advance, so it has no warm case.
      if (name === 'sequential') return null;
      await page.until('globalThis.snap', 'snap.js, on intent');
    }
    await page.click(position);
    await page.until('__bench.pays.length', 'snap.pay');
    const times = await page.run(`({ click: __bench.clicks[0], pay: __bench.pays[0], script: performance.getEntriesByType('resource').find(({ name }) => name.includes('/snap/snap.js')).requestStart })`);
    const latency = Object.fromEntries((await site.responses()).map(({ name: response, took }) => [response, took]));
    const scriptTime = Math.max(0, times.script + latency.script - times.click);
    const total = times.pay - times.click;
    return { total, own: total - Math.max(scriptTime, latency.token) };
  } finally {
    await page.close();
  }
}

export async function buttonCentre(page, side) {
  return page.run(`(() => { const { x, y, width, height } = (${side.button}).getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2 }; })()`);
}

export async function measureClicks({ chromium, site, rounds, log }) {
  const own = { subject: [], vanilla: [] };
  const cold = { subject: [], sequential: [], vanilla: [] };
  const ratios = [];
  const byCase = [];
  for (const delays of [...WARM, ...COLD]) {
    const results = { subject: [], vanilla: [], sequential: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const name of abba(NAMES)) {
        const result = await clickOnce(chromium, site, name, delays);
        if (result) results[name].push(result);
      }
    }
    for (const name of ['subject', 'vanilla']) own[name].push(...results[name].map((result) => result.own));
    const totals = (name) => results[name].map(({ total }) => total);
    if (!delays.warm && delays.token === delays.script && delays.token >= 150) {
      for (const name of NAMES) cold[name].push(...totals(name));
      ratios.push(...totals('subject').map((total, at) => total / totals('sequential')[at]));
    }
    byCase.push({ ...delays, subject: median(totals('subject')), vanilla: median(totals('vanilla')), ...(delays.warm ? {} : { sequential: median(totals('sequential')) }) });
    log(`token ${delays.token} ms, snap.js ${delays.warm ? 'loaded' : `${delays.script} ms`}`);
  }
  const runs = own.subject.length;
  return [
    { name: 'L1 click to snap.pay, the page\'s own part, median', unit: 'ms', subject: median(own.subject), baseline: median(own.vanilla), against: 'vanilla', spread: spread(own.subject), runs, target: 5 },
    { name: 'L1 the same, p95', unit: 'ms', subject: quantile(own.subject, 0.95), baseline: quantile(own.vanilla, 0.95), against: 'vanilla', runs, target: 15 },
    { name: 'L2 cold click to snap.pay', unit: 'ms', subject: median(cold.subject), baseline: median(cold.sequential), against: 'sequential', ratio: median(ratios), bounds: bounds(ratios), spread: spread(ratios), runs: ratios.length, target: 0.65, gate: 'ratio' },
    ...byCase.map(({ warm, token, script, ...times }) => ({ name: `   token ${token} ms, snap.js ${warm ? 'loaded' : `${script} ms`}`, unit: 'ms', subject: times.subject, baseline: times.vanilla, against: 'vanilla', sequential: times.sequential, runs: rounds * 2, detail: true })),
  ];
}
