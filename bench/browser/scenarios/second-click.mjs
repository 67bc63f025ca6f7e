// L3: the second press, after the popup was closed, and the first one where the token was prepared on intent.
// What counts is how many tokens are asked for after the press.
import { openPage } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';
import { abba, median, quantile, spread } from '../lib/stats.mjs';
import { where } from './click-latency.mjs';

const TOKEN = 150;

async function again(chromium, site, name) {
  const side = SIDES[name];
  const page = await openPage(chromium);
  try {
    await site.take(TOKEN, 0);
    await page.open(site.url(name));
    await page.until(side.ready);
    await page.click(await where(page, side));
    await page.until('__bench.pays.length === 1', 'snap.pay');
    await page.run('__bench.close()');
    await page.until(`(${side.button}).ariaDisabled !== 'true' && !(${side.button}).disabled`, 'a button for the second press');
    return await pressed(page, side, 1);
  } finally {
    await page.close();
  }
}

async function prepared(chromium, site) {
  const side = SIDES.ours;
  const page = await openPage(chromium);
  try {
    await site.take(TOKEN, 0);
    await page.open(`${site.url('ours')}prepared.html`);
    await page.until(side.ready);
    await page.move(await where(page, side));
    await page.until("document.querySelector('snap-checkout').phase === 'ready'", 'a token, on intent');
    return await pressed(page, side, 0);
  } finally {
    await page.close();
  }
}

async function pressed(page, side, before) {
  const tokens = page.asked('/api/orders').length;
  await page.click(await where(page, side));
  await page.until(`__bench.pays.length === ${before + 1}`, 'snap.pay, after the measured press');
  return { takes: await page.run('__bench.pays.at(-1) - __bench.clicks.at(-1)'), tokens: page.asked('/api/orders').length - tokens };
}

export async function second({ chromium, site, rounds, tell }) {
  const seen = { ours: [], vanilla: [], prepared: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of abba(['ours', 'vanilla'])) seen[name].push(await again(chromium, site, name));
    for (let twice = 0; twice < 2; twice += 1) seen.prepared.push(await prepared(chromium, site));
  }
  tell(`second press and prepared press, token ${TOKEN} ms`);
  const takes = (name) => seen[name].map((one) => one.takes);
  const tokens = (name) => Math.max(...seen[name].map((one) => one.tokens));
  const runs = seen.ours.length;
  return [
    { name: 'L3 second press: tokens asked for after it', ours: tokens('ours'), peer: tokens('vanilla'), against: 'vanilla', runs, must: 0, gate: 'value' },
    { name: 'L3 second press to snap.pay', unit: 'ms', ours: median(takes('ours')), p95: quantile(takes('ours'), 0.95), peer: median(takes('vanilla')), against: 'vanilla', spread: spread(takes('ours')), runs, must: 32 },
    { name: 'L3 prepared on intent: tokens asked for after the press', ours: tokens('prepared'), peer: 1, against: 'vanilla', runs, must: 0, gate: 'value' },
    { name: 'L3 prepared press to snap.pay', unit: 'ms', ours: median(takes('prepared')), p95: quantile(takes('prepared'), 0.95), peer: median(takes('vanilla')), against: 'vanilla', spread: spread(takes('prepared')), runs, must: 32 },
  ];
}
