// What a page downloads for <snap-checkout>: `element-size.mjs PACKAGE BUDGET SHELL_BUDGET [--gate]`.
// Bytes, raw and brotli 11, of what scripts/package built: the shell, which every page loads, and what comes
// after it; one JSON line per row after the table. With --gate, being over a budget is a failure.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliOf } from './dist-utils.mjs';

const [folder, ...budgets] = process.argv.slice(2, 5);
const gate = process.argv.includes('--gate');
const [budget, shellBudget] = budgets.map(Number);
if (!folder || !(budget > 0) || !(shellBudget > 0)) throw new Error('usage: element-size.mjs PACKAGE BUDGET SHELL_BUDGET [--gate]');

/** The shell is there three times: for a script tag, as the module that bundlers take, and for the page itself. */
const AGAIN = ['shell, ESM', 'shell, inline'];
const FILES = { shell: 'script.js', 'shell, ESM': 'element.js', 'shell, inline': 'inline.js', 'glue, style': 'checkout.js', wasm: 'checkout.wasm' };
const rows = [];
for (const [name, file] of Object.entries(FILES)) {
  const bytes = await readFile(path.join(folder, file));
  rows.push({ name, raw: bytes.length, brotli: (await brotliOf(bytes)).length });
}
const sum = (what) => rows.reduce((total, row) => total + (AGAIN.includes(row.name) ? 0 : row[what]), 0);
rows.push({ name: 'all of it', raw: sum('raw'), brotli: sum('brotli') });

const cell = (value) => String(value).padStart(10);
console.log(`${'bytes'.padEnd(14)}${cell('raw')}${cell('brotli 11')}${cell('budget')}`);
const limits = { shell: shellBudget, 'shell, ESM': shellBudget, 'shell, inline': shellBudget, 'all of it': budget };
for (const { name, raw, brotli } of rows) console.log(`${name.padEnd(14)}${cell(raw)}${cell(brotli)}${cell(limits[name] ?? '')}`);
for (const { name, ...row } of rows) console.log(JSON.stringify({ bench: 'element', row: name, ...row, budget: limits[name] }));

const over = rows.filter(({ name, brotli }) => brotli > limits[name]);
for (const { name, brotli } of over) console.error(`the element (${name}) is ${brotli - limits[name]} bytes over its budget of ${limits[name]} (brotli 11; scripts/size-budget)`);
if (gate && over.length) process.exit(1);
