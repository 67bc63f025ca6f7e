// The two sides as they are served: folders of built files, compressed once, and the server's process.
import { fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const COMPRESSED = new Set(['.js', '.mjs', '.css', '.wasm', '.json', '.svg']);

/** Brotli at its best, as a build would; done before anything is measured. */
export function brotli(bytes) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  return zlib.brotliCompressSync(bytes, { params: { [BROTLI_PARAM_QUALITY]: 11, [BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

export function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

export function compress(folder) {
  for (const path of filesOf(folder)) if (COMPRESSED.has(extname(path))) writeFileSync(`${path}.br`, brotli(readFileSync(path)));
}

/** Starts the server for `sides`, a folder for each name. */
export async function startSite(sides) {
  const child = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const waiting = new Map();
  let last = 0;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const { page, gateway } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    gone.then((code) => reject(new Error(`the server ended (${code})`)));
  });
  child.on('message', ({ id, log }) => { waiting.get(id)?.(log); waiting.delete(id); });
  const ask = (message) => new Promise((resolve, reject) => {
    last += 1;
    waiting.set(last, resolve);
    child.send({ id: last, ...message }, (error) => { if (error) reject(error); });
  });
  await ask({ sides });
  return {
    page,
    gateway,
    url: (side) => `${page}/${side}/`,
    /** From now on tokens and snap.js take so many milliseconds; what was noted is forgotten. */
    take: (token, script) => ask({ set: { token, script } }),
    held: () => ask({ log: true }),
    async stop() { child.disconnect(); await gone; },
  };
}
