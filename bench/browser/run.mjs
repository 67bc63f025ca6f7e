// Benchmarks the built element against baselines in Chromium:
// `node run.mjs PACKAGE BASELINES TARGET [--gate] [--rounds N] [--only click,…]`.
// PACKAGE is the unpacked npm package, BASELINES the output of baselines/build.mjs, TARGET a folder for the pages.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startChromium } from './lib/devtools-protocol.mjs';
import { missedTargets, print } from './lib/report.mjs';
import { writeSubject } from './lib/subjects.mjs';
import { compress, filesOf, startSite } from './lib/site.mjs';
import { measureClicks } from './scenarios/click-latency.mjs';
import { measureMemory } from './scenarios/wasm-memory.mjs';
import { measureSecondClick } from './scenarios/second-click.mjs';
import { measureSize } from './scenarios/download-size.mjs';
import { measureStartup } from './scenarios/startup.mjs';

const { values, positionals: [packed, baselines, target] } = parseArgs({ allowPositionals: true, options: { gate: { type: 'boolean' }, rounds: { type: 'string', default: '10' }, only: { type: 'string', default: 'click,second,start,heap' } } });
const rounds = Number(values.rounds);
const only = new Set(values.only.split(','));
if (!target || !(rounds > 0)) throw new Error('usage: run.mjs PACKAGE BASELINES TARGET [--gate] [--rounds N] [--only click,second,start,heap]');

const folders = { subject: join(target, 'subject'), ...Object.fromEntries(['react', 'stripe', 'vanilla', 'sequential'].map((name) => [name, join(baselines, name)])) };
writeSubject(packed, folders.subject);
for (const name of ['react', 'stripe', 'vanilla', 'sequential']) compress(folders[name]);
const wasm = filesOf(folders.subject).find((path) => path.endsWith('.wasm'));

const site = await startSite(folders);
const chromium = await startChromium();
const log = (message) => console.error(`    ${message}`);
const rows = [];
try {
  const context = { chromium, site, rounds, wasm, log };
  if (only.has('start')) {
    const { files, rows: startupRows } = await measureStartup(context);
    rows.push(...measureSize({ folders, files }), ...startupRows);
  }
  if (only.has('click')) rows.push(...await measureClicks(context));
  if (only.has('second')) rows.push(...await measureSecondClick(context));
  if (only.has('heap')) rows.push(...await measureMemory(context));
} finally {
  await chromium.stop();
  await site.stop();
}
console.log(`${chromium.version}, ${rounds} rounds of A B B A\n`);
print(rows);
const missed = missedTargets(rows);
for (const { name, subject, ratio, target: limit } of missed) console.error(`missed: ${name.trim()}: ${ratio ?? subject}, the target is ${limit}`);
if (values.gate && missed.length) process.exit(1);
