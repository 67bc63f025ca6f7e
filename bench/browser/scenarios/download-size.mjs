// B1, B2: the download size of each side in brotli 11: scripts, wasm and styles, without the page itself and snap.js.
import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesOf } from '../lib/site.mjs';

const compressed = (path) => statSync(`${path}.br`).size;
const built = (folder) => filesOf(folder).filter((path) => /\.(js|css|wasm)$/.test(path)).reduce((sum, path) => sum + compressed(path), 0);

/** `files` are the URLs that a visit of the element's page requests. */
export function measureSize({ folders, files }) {
  const names = files.map((url) => new URL(url).pathname.replace(/^\/subject\//, ''));
  const bytes = Object.fromEntries(names.map((name) => [name, compressed(join(folders.subject, name))]));
  const total = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  const shell = names.find((name) => readFileSync(join(folders.subject, 'index.html'), 'utf8').includes(`"./${name}"`));
  const react = built(folders.react);
  const stripe = built(folders.stripe);
  return [
    { name: 'B1 download of the loaded element, against React 19 with midtrans-snap', unit: 'B', subject: total, baseline: react, against: 'React 19', ratio: total / react, runs: 1, target: 55_000 },
    { name: 'B1 against React 19 with Stripe\'s packages', unit: 'B', subject: total, baseline: stripe, against: 'React, Stripe', ratio: total / stripe, runs: 1 },
    { name: 'B2 download before the customer shows intent', unit: 'B', subject: bytes[shell], baseline: 1600, against: 'loaders', runs: 1, target: 1600 },
    ...Object.entries(bytes).map(([name, size]) => ({ name: `   ${relative('.', name)}`, unit: 'B', subject: size, runs: 1, detail: true })),
    { name: '   plain snippet', unit: 'B', subject: built(folders.vanilla), runs: 1, detail: true },
  ];
}
