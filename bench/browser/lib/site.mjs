// Compresses the built files of all sides and starts the server process.
import { fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import zlib from 'node:zlib';

const COMPRESSED = new Set(['.js', '.mjs', '.css', '.wasm', '.json', '.svg']);

/** Brotli at the highest quality, as a build would use it. */
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
  const pending = new Map();
  let lastId = 0;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const { page, gateway } = await new Promise((resolve, reject) => {
    child.once('message', resolve);
    exited.then((code) => reject(new Error(`the server exited (${code})`)));
  });
  child.on('message', ({ id, log }) => { pending.get(id)?.(log); pending.delete(id); });
  const send = (message) => new Promise((resolve, reject) => {
    lastId += 1;
    pending.set(lastId, resolve);
    child.send({ id: lastId, ...message }, (error) => { if (error) reject(error); });
  });
  await send({ sides });
  return {
    page,
    gateway,
    url: (side) => `${page}/${side}/`,
    /** Sets the latency of tokens and of snap.js in milliseconds, and clears the recorded responses. */
    setDelays: (token, script) => send({ set: { token, script } }),
    responses: () => send({ log: true }),
    async stop() { child.disconnect(); await exited; },
  };
}
