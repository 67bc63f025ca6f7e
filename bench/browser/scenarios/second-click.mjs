// L3: the second click, after the popup was closed, and the first click when the token was prepared on intent.
// The benchmark counts the token requests after the click.
import { openPage } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';
import { abba, median, quantile, spread } from '../lib/stats.mjs';
import { buttonCentre } from './click-latency.mjs';

const TOKEN_DELAY_MS = 150;

async function clickTwice(chromium, site, name) {
  const side = SIDES[name];
  const page = await openPage(chromium);
  try {
    await site.setDelays(TOKEN_DELAY_MS, 0);
    await page.open(site.url(name));
    await page.until(side.ready);
    await page.click(await buttonCentre(page, side));
    await page.until('__bench.pays.length === 1', 'snap.pay');
    await page.run('__bench.close()');
    await page.until(`(${side.button}).ariaDisabled !== 'true' && !(${side.button}).disabled`, 'an enabled button for the second click');
    return await measureClick(page, side, 1);
  } finally {
    await page.close();
  }
}

async function clickPrepared(chromium, site) {
  const side = SIDES.subject;
  const page = await openPage(chromium);
  try {
    await site.setDelays(TOKEN_DELAY_MS, 0);
    await page.open(`${site.url('subject')}prepared.html`);
    await page.until(side.ready);
    await page.move(await buttonCentre(page, side));
    await page.until("document.querySelector('snap-checkout').phase === 'ready'", 'a prepared token');
    return await measureClick(page, side, 0);
  } finally {
    await page.close();
  }
}

async function measureClick(page, side, paysBefore) {
  const tokens = page.requestsTo('/api/orders').length;
  await page.click(await buttonCentre(page, side));
  await page.until(`__bench.pays.length === ${paysBefore + 1}`, 'snap.pay after the measured click');
  return { duration: await page.run('__bench.pays.at(-1) - __bench.clicks.at(-1)'), tokens: page.requestsTo('/api/orders').length - tokens };
}

export async function measureSecondClick({ chromium, site, rounds, log }) {
  const results = { subject: [], vanilla: [], prepared: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of abba(['subject', 'vanilla'])) results[name].push(await clickTwice(chromium, site, name));
    for (let twice = 0; twice < 2; twice += 1) results.prepared.push(await clickPrepared(chromium, site));
  }
  log(`second click and prepared click, token ${TOKEN_DELAY_MS} ms`);
  const duration = (name) => results[name].map((result) => result.duration);
  const tokens = (name) => Math.max(...results[name].map((result) => result.tokens));
  const runs = results.subject.length;
  return [
    { name: 'L3 second click: token requests after it', subject: tokens('subject'), baseline: tokens('vanilla'), against: 'vanilla', runs, target: 0, gate: 'value' },
    { name: 'L3 second click to snap.pay', unit: 'ms', subject: median(duration('subject')), p95: quantile(duration('subject'), 0.95), baseline: median(duration('vanilla')), against: 'vanilla', spread: spread(duration('subject')), runs, target: 32 },
    { name: 'L3 prepared on intent: token requests after the click', subject: tokens('prepared'), baseline: 1, against: 'vanilla', runs, target: 0, gate: 'value' },
    { name: 'L3 prepared click to snap.pay', unit: 'ms', subject: median(duration('prepared')), p95: quantile(duration('prepared'), 0.95), baseline: median(duration('vanilla')), against: 'vanilla', spread: spread(duration('prepared')), runs, target: 32 },
  ];
}
