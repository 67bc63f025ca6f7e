// B1, B2: what a visit loads of each side, brotli 11: scripts, wasm, styles. The page itself and snap.js are not counted.
import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesOf } from '../lib/site.mjs';

const compressed = (path) => statSync(`${path}.br`).size;
const built = (folder) => filesOf(folder).filter((path) => /\.(js|css|wasm)$/.test(path)).reduce((sum, path) => sum + compressed(path), 0);

/** `files` are the URLs that a whole visit of our page asked for. */
export function size({ folders, files }) {
  const ours = files.map((url) => new URL(url).pathname.replace(/^\/ours\//, ''));
  const bytes = Object.fromEntries(ours.map((name) => [name, compressed(join(folders.ours, name))]));
  const all = Object.values(bytes).reduce((sum, one) => sum + one, 0);
  const shell = ours.find((name) => readFileSync(join(folders.ours, 'index.html'), 'utf8').includes(`"./${name}"`));
  const react = built(folders.react);
  const stripe = built(folders.stripe);
  return [
    { name: 'B1 all that the finished widget loads, against React 19 with midtrans-snap', unit: 'B', ours: all, peer: react, against: 'React 19', ratio: all / react, runs: 1, must: 55_000 },
    { name: 'B1 against React 19 with Stripe\'s packages', unit: 'B', ours: all, peer: stripe, against: 'React, Stripe', ratio: all / stripe, runs: 1 },
    { name: 'B2 before the customer shows intent', unit: 'B', ours: bytes[shell], peer: 1600, against: 'loaders', runs: 1, must: 1600 },
    ...Object.entries(bytes).map(([name, one]) => ({ name: `   ${relative('.', name)}`, unit: 'B', ours: one, runs: 1, detail: true })),
    { name: '   plain snippet', unit: 'B', ours: built(folders.vanilla), runs: 1, detail: true },
  ];
}
