// L4, L5: startup on a slow phone. Measures the time from navigation until the button reacts to a click, and until
// snap.pay when the click is as early as possible; lost clicks, long tasks, layout shift and duplicate requests.
import { openPage, SLOW_4G } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';
import { abba, bounds, median, spread } from '../lib/stats.mjs';
import { buttonCentre } from './click-latency.mjs';

const CPU_SLOWDOWN = 4;
/** The interval of an impatient customer's clicks. */
const CLICK_INTERVAL_MS = 25;

async function buttonPositions(chromium, site, names) {
  const positions = {};
  for (const name of names) {
    const page = await openPage(chromium);
    await site.setDelays(0, 0);
    await page.open(site.url(name));
    await page.until(SIDES[name].ready);
    positions[name] = await buttonCentre(page, SIDES[name]);
    await page.close();
  }
  return positions;
}

/** The compared pages: the element with a script tag, with the inline shell, and the baseline. */
const PAGES = { subject: ['subject', ''], inline: ['subject', 'inline.html'], react: ['react', ''] };

/** Clicks repeatedly from the navigation on until the page reacts. */
async function clickFromStart(chromium, site, pageName, position) {
  const [name, file] = PAGES[pageName];
  const page = await openPage(chromium, { cpu: CPU_SLOWDOWN, network: SLOW_4G });
  try {
    await site.setDelays(0, 0);
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: `__bench.watchReaction(() => ${SIDES[name].reacts})` });
    await page.go(`${site.url(name)}${file}`);
    let reacted = false;
    const clicking = (async () => {
      while (!reacted) {
        page.click(position).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, CLICK_INTERVAL_MS));
        reacted ||= await page.run('__bench.reacted !== null').catch(() => false);
      }
    })();
    await clicking;
    await page.until('__bench.pays.length', 'snap.pay after a click with a reaction');
    return { duplicates: duplicateRequests(page, name).length, ...await page.run('({ reacted: __bench.reacted, pay: __bench.pays[0] })') };
  } finally {
    await page.close();
  }
}

const filesOf = (page, name) => page.requests.map(({ url }) => url).filter((url) => /\.(wasm|js|css)$/.test(new URL(url).pathname) && url.includes(`/${name}/`));
const duplicateRequests = (page, name) => filesOf(page, name).filter((url, at, all) => all.indexOf(url) !== at);

/** One click some time after the button appears. Returns whether the click was lost. */
async function clickEarly(chromium, site, name, file, delay) {
  const page = await openPage(chromium, { cpu: CPU_SLOWDOWN, network: SLOW_4G });
  try {
    await site.setDelays(0, 0);
    await page.go(`${site.url(name)}${file}`);
    await page.until(`(${SIDES[name].button}).getBoundingClientRect().width > 0`, 'a button');
    const position = await buttonCentre(page, SIDES[name]);
    await new Promise((resolve) => setTimeout(resolve, delay));
    const ready = await page.run(`!!(${SIDES[name].ready})`);
    await page.click(position);
    let handled = true;
    await page.until('__bench.pays.length', 'snap.pay after one click').catch(() => { handled = false; });
    return { pays: await page.run('__bench.pays.length'), handled, ready, duplicates: duplicateRequests(page, name).length, files: filesOf(page, name) };
  } finally {
    await page.close();
  }
}

/** A visit without a click, until the page is ready: main-thread work, long tasks and layout shift. */
async function visit(chromium, site, name, file) {
  const page = await openPage(chromium, { cpu: CPU_SLOWDOWN, network: SLOW_4G });
  try {
    await site.setDelays(0, 0);
    // The time that the thread ran, not wall-clock time, so other programs on the machine do not count.
    await page.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.open(`${site.url(name)}${file}`);
    await page.until(SIDES[name].ready);
    // The browser reports the entries of the last frame after it.
    await page.run('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))))');
    const { metrics } = await page.send('Performance.getMetrics');
    const work = metrics.find(({ name: metric }) => metric === 'TaskDuration').value * 1000;
    return { work, ...await page.run('({ longTasks: __bench.longTasks.filter(({ duration }) => duration > 50).length, longest: Math.max(0, ...__bench.longTasks.map(({ duration }) => duration)), shift: __bench.shift })') };
  } finally {
    await page.close();
  }
}

export async function measureStartup({ chromium, site, rounds, log }) {
  const names = ['subject', 'react'];
  const positions = await buttonPositions(chromium, site, names);
  const starts = { subject: [], inline: [], react: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const pageName of abba(Object.keys(starts))) starts[pageName].push(await clickFromStart(chromium, site, pageName, positions[PAGES[pageName][0]]));
  }
  log('navigation to a button that reacts, Slow 4G, 4x CPU');
  const earlyClicks = { subject: [], react: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of abba(names)) earlyClicks[name].push(await clickEarly(chromium, site, name, name === 'subject' ? 'fallback.html' : '', (round * 173) % 900));
  }
  log('one early click');
  const visits = { subject: [], react: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of abba(names)) visits[name].push(await visit(chromium, site, name, name === 'subject' ? 'fallback.html' : ''));
  }
  log('a visit without a click');
  const startTimes = (name, metric) => starts[name].map((start) => start[metric]);
  const compare = (metric, name = 'subject') => {
    const ratios = startTimes(name, metric).map((value, index) => value / startTimes('react', metric)[index]);
    return { unit: 'ms', subject: median(startTimes(name, metric)), baseline: median(startTimes('react', metric)), against: 'React', ratio: median(ratios), bounds: bounds(ratios), spread: spread(ratios), runs: ratios.length };
  };
  const highest = (name, metric, runs) => Math.max(...runs[name].map((run) => run[metric]));
  const visitValues = (name, metric) => visits[name].map((run) => run[metric]);
  const countEarly = (name, matches) => earlyClicks[name].filter(matches).length;
  const runs = earlyClicks.subject.length;
  return {
    files: earlyClicks.subject[0].files,
    rows: [
      { name: 'L4 navigation to a button that reacts', ...compare('reacted'), target: 0.7, gate: 'ratio' },
      { name: 'L4 the same, inline shell', ...compare('reacted', 'inline'), target: 0.7, gate: 'ratio' },
      { name: 'L4 navigation to snap.pay, earliest click', ...compare('pay') },
      { name: 'L4 the same, inline shell', ...compare('pay', 'inline') },
      { name: 'L5 lost clicks', subject: countEarly('subject', ({ handled }) => !handled), baseline: countEarly('react', ({ handled }) => !handled), against: 'React', early: countEarly('subject', ({ ready }) => !ready), runs, target: 0, gate: 'value' },
      { name: 'L5 clicks that opened two popups', subject: countEarly('subject', ({ pays }) => pays > 1), baseline: countEarly('react', ({ pays }) => pays > 1), against: 'React', runs, target: 0, gate: 'value' },
      { name: 'L5 tasks over 50 ms in a visit, median', subject: median(visitValues('subject', 'longTasks')), baseline: median(visitValues('react', 'longTasks')), against: 'React', runs, target: 0 },
      { name: 'L5 longest task in a visit, median', unit: 'ms', subject: median(visitValues('subject', 'longest')), baseline: median(visitValues('react', 'longest')), against: 'React', spread: spread(visitValues('subject', 'longest')), runs },
      { name: '   main-thread work until ready, median', unit: 'ms', subject: median(visitValues('subject', 'work')), baseline: median(visitValues('react', 'work')), against: 'React', ratio: median(visitValues('subject', 'work').map((value, at) => value / visitValues('react', 'work')[at])), runs, detail: true },
      { name: 'L5 layout shift while it loads', subject: highest('subject', 'shift', visits), baseline: highest('react', 'shift', visits), against: 'React', runs, target: 0, gate: 'value' },
      { name: 'files requested twice', subject: Math.max(highest('subject', 'duplicates', earlyClicks), ...[...starts.subject, ...starts.inline].map(({ duplicates }) => duplicates)), baseline: highest('react', 'duplicates', earlyClicks), against: 'React', runs, target: 0, gate: 'value' },
    ],
  };
}
