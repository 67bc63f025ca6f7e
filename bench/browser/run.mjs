// Measures the built element in Chromium, beside its peers: `node run.mjs PACKAGE PEERS TARGET [--gate] [--rounds N] [--only L1,…]`.
// PACKAGE is the unpacked npm package, PEERS what peers/build.mjs built, TARGET a folder to lay pages out in.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startChromium } from './lib/devtools-protocol.mjs';
import { missed, print } from './lib/report.mjs';
import { layOut } from './lib/subjects.mjs';
import { compress, filesOf, startSite } from './lib/site.mjs';
import { click } from './scenarios/click-latency.mjs';
import { heap } from './scenarios/wasm-memory.mjs';
import { second } from './scenarios/second-click.mjs';
import { size } from './scenarios/download-size.mjs';
import { startUp } from './scenarios/startup.mjs';

const { values, positionals: [packed, peers, target] } = parseArgs({ allowPositionals: true, options: { gate: { type: 'boolean' }, rounds: { type: 'string', default: '10' }, only: { type: 'string', default: 'click,second,start,heap' } } });
const rounds = Number(values.rounds);
const only = new Set(values.only.split(','));
if (!target || !(rounds > 0)) throw new Error('usage: run.mjs PACKAGE PEERS TARGET [--gate] [--rounds N] [--only click,second,start,heap]');

const folders = { ours: join(target, 'ours'), ...Object.fromEntries(['react', 'stripe', 'vanilla', 'sequential'].map((name) => [name, join(peers, name)])) };
layOut(packed, folders.ours);
for (const name of ['react', 'stripe', 'vanilla', 'sequential']) compress(folders[name]);
const wasm = filesOf(folders.ours).find((path) => path.endsWith('.wasm'));

const site = await startSite(folders);
const chromium = await startChromium();
const tell = (done) => console.error(`    ${done}`);
const rows = [];
try {
  const given = { chromium, site, rounds, wasm, tell };
  if (only.has('start')) {
    const { files, rows: started } = await startUp(given);
    rows.push(...size({ folders, files }), ...started);
  }
  if (only.has('click')) rows.push(...await click(given));
  if (only.has('second')) rows.push(...await second(given));
  if (only.has('heap')) rows.push(...await heap(given));
} finally {
  await chromium.stop();
  await site.stop();
}
console.log(`${chromium.version}, ${rounds} rounds of A B B A\n`);
print(rows);
const failures = missed(rows);
for (const { name, ours, ratio, must } of failures) console.error(`missed: ${name.trim()}: ${ratio ?? ours}, must stay within ${must}`);
if (values.gate && failures.length) process.exit(1);
