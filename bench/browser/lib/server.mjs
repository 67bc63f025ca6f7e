// Serves every page of the bench from memory, compressed beforehand, and is the merchant and the gateway as far as
// time goes: a token takes `token` ms, snap.js takes `script` ms. A process of its own; it is told and asked by IPC.
//
//   /NAME/…             the files of one side, brotli 11, immutable but for the page itself
//   POST /api/orders    a token
//   :gateway/snap/snap.js
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml' };
const SNAP = `{
  const here = globalThis.__bench;
  globalThis.snap = { pay: (token, options) => here.paid(token, options), embed: (token, options) => here.paid(token, options), show() {}, hide() {} };
}`;

const delays = { token: 0, script: 0 };
let held = [];
const later = async (name, takes) => {
  const began = performance.now();
  // Timers come whole milliseconds late; the last one is waited for in turns of the loop.
  if (takes > 2) await new Promise((resolve) => setTimeout(resolve, takes - 2));
  while (performance.now() - began < takes) await new Promise(setImmediate);
  held.push({ name, took: performance.now() - began });
};

const files = new Map();
function take(name, folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (!entry.isFile() || path.endsWith('.br')) continue;
    files.set(`/${name}/${relative(folder, path).split(sep).join('/')}`, path);
  }
}
const cache = new Map();
function read(path) {
  if (!cache.has(path)) {
    let brotli = null;
    try { brotli = readFileSync(`${path}.br`); } catch { /* what has no .br does not compress */ }
    cache.set(path, { plain: readFileSync(path), brotli });
  }
  return cache.get(path);
}

const page = createServer(async (request, answer) => {
  const url = new URL(request.url, 'http://bench');
  if (url.pathname === '/api/orders') {
    request.resume();
    await later('token', delays.token);
    answer.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    const token = randomUUID();
    answer.end(JSON.stringify({ token, redirect_url: `${origin(gateway)}/snap/v4/redirection/${token}` }));
    return;
  }
  const path = files.get(url.pathname.endsWith('/') ? `${url.pathname}index.html` : url.pathname);
  if (!path) { answer.writeHead(404).end(); return; }
  const { plain, brotli } = read(path);
  const html = extname(path) === '.html';
  // The page names the gateway, whose port is known only now; a page is small and not compressed then.
  const body = html ? Buffer.from(plain.toString('utf8').replaceAll('GATEWAY_ORIGIN', origin(gateway))) : brotli ?? plain;
  answer.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-length': body.length,
    'cache-control': html ? 'no-cache' : 'public, max-age=31536000, immutable',
    ...(!html && brotli ? { 'content-encoding': 'br', vary: 'accept-encoding' } : {}),
  });
  answer.end(body);
});
const gateway = createServer(async (request, answer) => {
  if (!request.url.startsWith('/snap/snap.js')) { answer.writeHead(404).end(); return; }
  await later('script', delays.script);
  answer.writeHead(200, { 'content-type': TYPES['.js'], 'cache-control': 'public, max-age=60', 'timing-allow-origin': '*' });
  answer.end(SNAP);
});
const origin = (server) => `http://127.0.0.1:${server.address().port}`;

for (const server of [page, gateway]) {
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
process.on('disconnect', () => process.exit());
process.on('message', ({ id, sides, set, log }) => {
  if (sides) for (const [name, folder] of Object.entries(sides)) take(name, folder);
  if (set) { Object.assign(delays, set); held = []; }
  process.send({ id, log: log ? held : undefined });
});
process.send({ page: origin(page), gateway: origin(gateway) });
