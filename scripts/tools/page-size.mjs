// What a customer downloads for the page: `size.mjs DIST BUDGET [--gate]`.
// Sizes in bytes, raw, gzip -9 and brotli 11; one JSON line per row after the table.
// The budget is for wasm + glue, brotli 11. With --gate, being over it is a failure.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import zlib from 'node:zlib';

const [dist, budgetText] = process.argv.slice(2);
const gate = process.argv.includes('--gate');
const budget = Number(budgetText);
if (!dist || !Number.isInteger(budget) || budget <= 0) throw new Error('usage: size.mjs DIST BUDGET [--gate]');

/** The playground and the element that it shows are beside the page, not in it. */
const beside = /^(playground|element)[\\/]/;
const files = (await readdir(dist, { recursive: true })).filter((name) => /\.(wasm|js|css)$/.test(name) && !beside.test(name));
const KINDS = { '.wasm': 'wasm', '.js': 'glue', '.css': 'css' };
const rows = { wasm: { raw: 0, gzip: 0, brotli: 0, files: 0 }, glue: { raw: 0, gzip: 0, brotli: 0, files: 0 }, css: { raw: 0, gzip: 0, brotli: 0, files: 0 } };
for (const name of files) {
  const bytes = await readFile(path.join(dist, name));
  const row = rows[KINDS[path.extname(name)]];
  row.files += 1;
  row.raw += bytes.length;
  row.gzip += zlib.gzipSync(bytes, { level: 9 }).length;
  row.brotli += zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
}
if (rows.wasm.files !== 1 || rows.glue.files < 1) throw new Error(`${dist} holds no release page: run scripts/build`);

const { wasm, glue } = rows;
rows['wasm + glue'] = { raw: wasm.raw + glue.raw, gzip: wasm.gzip + glue.gzip, brotli: wasm.brotli + glue.brotli, files: wasm.files + glue.files };
const total = rows['wasm + glue'].brotli;

const cell = (value) => String(value).padStart(10);
console.log(`${'bytes'.padEnd(12)}${cell('raw')}${cell('gzip -9')}${cell('brotli 11')}`);
for (const [name, row] of Object.entries(rows)) console.log(`${name.padEnd(12)}${cell(row.raw)}${cell(row.gzip)}${cell(row.brotli)}`);
console.log(`${'budget'.padEnd(12)}${cell('')}${cell('')}${cell(budget)}   ${total > budget ? `${total - budget} over` : `${budget - total} left`}`);
for (const [name, row] of Object.entries(rows)) console.log(JSON.stringify({ bench: 'size', row: name, ...row }));
console.log(JSON.stringify({ bench: 'size', row: 'budget', brotli: budget, ok: total <= budget }));

if (gate && total > budget) {
  console.error(`the page is ${total - budget} bytes over its budget of ${budget} (wasm + glue, brotli 11; scripts/size-budget)`);
  process.exit(1);
}
