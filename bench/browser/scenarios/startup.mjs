// L4, L5: a phone's network and a phone's processor. From the navigation until the button reacts to a press, and until
// snap.pay when it is pressed as early as it can be; presses that get lost; long tasks; what moves under the finger;
// and that every file is asked for once.
import { openPage, SLOW_4G } from '../lib/page.mjs';
import { SIDES } from '../lib/subjects.mjs';
import { abba, bounds, median, spread } from '../lib/stats.mjs';
import { where } from './click-latency.mjs';

const CPU = 4;
/** So often somebody presses who cannot wait. Milliseconds. */
const EVERY = 25;

async function places(chromium, site, names) {
  const found = {};
  for (const name of names) {
    const page = await openPage(chromium);
    await site.take(0, 0);
    await page.open(site.url(name));
    await page.until(SIDES[name].ready);
    found[name] = await where(page, SIDES[name]);
    await page.close();
  }
  return found;
}

/** What is compared: the element by its script tag, written into the page, and the peer. */
const PAGES = { ours: ['ours', ''], written: ['ours', 'written.html'], react: ['react', ''] };

/** Presses from the start on until something happens. */
async function start(chromium, site, which, at) {
  const [name, file] = PAGES[which];
  const page = await openPage(chromium, { cpu: CPU, network: SLOW_4G });
  try {
    await site.take(0, 0);
    await page.send('Page.addScriptToEvaluateOnNewDocument', { source: `__bench.watchReaction(() => ${SIDES[name].reacts})` });
    await page.go(`${site.url(name)}${file}`);
    let over = false;
    const pressing = (async () => {
      while (!over) {
        page.click(at).catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, EVERY));
        over ||= await page.run('__bench.reacted !== null').catch(() => false);
      }
    })();
    await pressing;
    await page.until('__bench.pays.length', 'snap.pay after a press that was heard');
    return { twice: twice(page, name).length, ...await page.run('({ reacted: __bench.reacted, pay: __bench.pays[0] })') };
  } finally {
    await page.close();
  }
}

const filesOf = (page, name) => page.requests.map(({ url }) => url).filter((url) => /\.(wasm|js|css)$/.test(new URL(url).pathname) && url.includes(`/${name}/`));
const twice = (page, name) => filesOf(page, name).filter((url, at, all) => all.indexOf(url) !== at);

/** One press, some time after there is a button to press, and nothing else: is it lost? */
async function early(chromium, site, name, file, after) {
  const page = await openPage(chromium, { cpu: CPU, network: SLOW_4G });
  try {
    await site.take(0, 0);
    await page.go(`${site.url(name)}${file}`);
    await page.until(`(${SIDES[name].button}).getBoundingClientRect().width > 0`, 'a button');
    const at = await where(page, SIDES[name]);
    await new Promise((resolve) => setTimeout(resolve, after));
    const there = await page.run(`!!(${SIDES[name].ready})`);
    await page.click(at);
    let heard = true;
    await page.until('__bench.pays.length', 'snap.pay after one press').catch(() => { heard = false; });
    return { pays: await page.run('__bench.pays.length'), heard, there, twice: twice(page, name).length, files: filesOf(page, name) };
  } finally {
    await page.close();
  }
}

/** A visit without a press, until everything is there: what kept the page from answering, and what moved. */
async function visit(chromium, site, name, file) {
  const page = await openPage(chromium, { cpu: CPU, network: SLOW_4G });
  try {
    await site.take(0, 0);
    // Time that the thread ran, not time that passed: other programs on the machine do not count.
    await page.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.open(`${site.url(name)}${file}`);
    await page.until(SIDES[name].ready);
    // What the last picture brought is told after it.
    await page.run('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve, 0))))');
    const { metrics } = await page.send('Performance.getMetrics');
    const work = metrics.find(({ name: metric }) => metric === 'TaskDuration').value * 1000;
    return { work, ...await page.run('({ longTasks: __bench.longTasks.filter(({ duration }) => duration > 50).length, longest: Math.max(0, ...__bench.longTasks.map(({ duration }) => duration)), shift: __bench.shift })') };
  } finally {
    await page.close();
  }
}

export async function startUp({ chromium, site, rounds, tell }) {
  const names = ['ours', 'react'];
  const at = await places(chromium, site, names);
  const seen = { ours: [], written: [], react: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const which of abba(Object.keys(seen))) seen[which].push(await start(chromium, site, which, at[PAGES[which][0]]));
  }
  tell('navigation to a button that reacts, Slow 4G, 4x CPU');
  const one = { ours: [], react: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of abba(names)) one[name].push(await early(chromium, site, name, name === 'ours' ? 'fallback.html' : '', (round * 173) % 900));
  }
  tell('one early press');
  const seenAtRest = { ours: [], react: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of abba(names)) seenAtRest[name].push(await visit(chromium, site, name, name === 'ours' ? 'fallback.html' : ''));
  }
  tell('a visit without a press');
  const of = (name, what) => seen[name].map((each) => each[what]);
  const compared = (what, which = 'ours') => {
    const ratios = of(which, what).map((value, index) => value / of('react', what)[index]);
    return { unit: 'ms', ours: median(of(which, what)), peer: median(of('react', what)), against: 'React', ratio: median(ratios), bounds: bounds(ratios), spread: spread(ratios), runs: ratios.length };
  };
  const most = (name, what, visits = one) => Math.max(...visits[name].map((each) => each[what]));
  const rest = (name, what) => seenAtRest[name].map((each) => each[what]);
  const count = (name, what) => one[name].filter(what).length;
  const runs = one.ours.length;
  return {
    files: one.ours[0].files,
    rows: [
      { name: 'L4 navigation to a button that reacts', ...compared('reacted'), must: 0.7, gate: 'ratio' },
      { name: 'L4 the same, written into the page', ...compared('reacted', 'written'), must: 0.7, gate: 'ratio' },
      { name: 'L4 navigation to snap.pay, pressed at once', ...compared('pay') },
      { name: 'L4 the same, written into the page', ...compared('pay', 'written') },
      { name: 'L5 presses lost', ours: count('ours', ({ heard }) => !heard), peer: count('react', ({ heard }) => !heard), against: 'React', early: count('ours', ({ there }) => !there), runs, must: 0, gate: 'value' },
      { name: 'L5 presses that opened twice', ours: count('ours', ({ pays }) => pays > 1), peer: count('react', ({ pays }) => pays > 1), against: 'React', runs, must: 0, gate: 'value' },
      { name: 'L5 long tasks over 50 ms of a visit, median', ours: median(rest('ours', 'longTasks')), peer: median(rest('react', 'longTasks')), against: 'React', runs, must: 0 },
      { name: 'L5 longest task of a visit, median', unit: 'ms', ours: median(rest('ours', 'longest')), peer: median(rest('react', 'longest')), against: 'React', spread: spread(rest('ours', 'longest')), runs },
      { name: '   work of the main thread until it is ready, median', unit: 'ms', ours: median(rest('ours', 'work')), peer: median(rest('react', 'work')), against: 'React', ratio: median(rest('ours', 'work').map((value, at) => value / rest('react', 'work')[at])), runs, detail: true },
      { name: 'L5 layout shift while it loads', ours: most('ours', 'shift', seenAtRest), peer: most('react', 'shift', seenAtRest), against: 'React', runs, must: 0, gate: 'value' },
      { name: 'files asked for twice', ours: Math.max(most('ours', 'twice'), ...[...seen.ours, ...seen.written].map((each) => each.twice)), peer: most('react', 'twice'), against: 'React', runs, must: 0, gate: 'value' },
    ],
  };
}
