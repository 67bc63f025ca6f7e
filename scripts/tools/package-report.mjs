// What the npm package holds, what a page downloads of it and when, and the integrity of what a page names:
// `package-facts.mjs FOLDER`. scripts/bench element has the sizes with their budgets.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { brotliOf, sri } from './dist-utils.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('usage: package-facts.mjs FOLDER');
const built = path.join(folder, 'package');
const bytesOf = (name) => readFile(path.join(built, name));

const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
const names = execFileSync('tar', ['-tzf', path.join(folder, tarball)], { encoding: 'utf8' }).trim().split('\n');
console.log(`\n${tarball} holds:`);
for (const name of names.map((it) => it.replace(/^package\//, '')).sort()) console.log(`${String((await bytesOf(name)).length).padStart(10)}  ${name}`);

// The style sheet is text inside checkout.js: no request of its own, and no inline style.
const LOADS = { 'script.js': 'shell, at once', 'checkout.js': 'glue, checks and style, when somebody comes near', 'checkout.wasm': 'program, beside it' };
const rows = [];
for (const [name, when] of Object.entries(LOADS)) {
  const bytes = await bytesOf(name);
  rows.push({ name, when, raw: bytes.length, brotli: (await brotliOf(bytes)).length, integrity: sri(bytes) });
}
const sum = (what) => rows.reduce((all, row) => all + row[what], 0);
const cell = (value) => String(value).padStart(10);
console.log(`\n${'bytes'.padEnd(14)}${cell('raw')}${cell('brotli 11')}`);
for (const { name, raw, brotli, when } of rows) console.log(`${name.padEnd(14)}${cell(raw)}${cell(brotli)}   ${when}`);
console.log(`${'all'.padEnd(14)}${cell(sum('raw'))}${cell(sum('brotli'))}`);
const inline = createHash('sha256').update(await bytesOf('inline.js')).digest('base64');
console.log(`\ninline.js, which a page may hold itself instead of naming script.js; in its policy: 'sha256-${inline}'`);
console.log('\nIn a page, from a CDN:');
console.log(`<script type="module" crossorigin src="https://YOUR-CDN/script.js" integrity="${rows[0].integrity}"></script>`);
console.log('What it imports can be checked by an import map, where the browser knows that:');
console.log(`<script type="importmap">{"integrity": {"https://YOUR-CDN/checkout.js": "${rows[1].integrity}"}}</script>`);
