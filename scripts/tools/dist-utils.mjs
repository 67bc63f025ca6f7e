// What the builds of the page and of the npm package share: browsers, integrity, compression.
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import * as esbuild from 'esbuild';

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);
const COMPRESSED = new Set(['.html', '.js', '.css', '.wasm', '.svg', '.json', '.txt', '.webmanifest', '.xml', '.map']);
/** What our JavaScript may assume: the browsers that have everything the wasm needs. */
export const TARGET = ['chrome95', 'firefox100', 'safari16'];

export const sri = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

export const minifiedStyle = async (text) =>
  (await esbuild.transform(text, { loader: 'css', minify: true, target: TARGET, charset: 'utf8' })).code;

/**
 * First line of a file nearly all of which runs at once: Chromium compiles such a file beside the page, as it comes.
 * Others read past it.
 */
export const EAGERLY = '//# allFunctionsCalledOnLoad\n';

/** What every bundle has in common. */
export const BUNDLE = { bundle: true, minify: true, format: 'esm', target: TARGET, legalComments: 'none', charset: 'utf8', write: false, logLevel: 'error' };

export const brotliOf = (bytes) =>
  brotli(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11, [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
export const gzipOf = (bytes) => gzip(bytes, { level: 9 });

/** Puts a .br and a .gz beside everything in a folder that compresses. */
export async function compress(folder) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !COMPRESSED.has(path.extname(entry.name))) continue;
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const bytes = await readFile(file);
    await writeFile(`${file}.br`, await brotliOf(bytes));
    await writeFile(`${file}.gz`, await gzipOf(bytes));
  }
}
