// Serves the pages of the benchmark from memory, compressed in advance, and simulates the latency of the backend and the
// gateway: a token takes `token` ms, snap.js takes `script` ms. It runs in its own process, controlled through IPC.
//
//   /NAME/…             the files of one side, brotli 11, immutable except for the page itself
//   POST /api/orders    returns a token
//   :gateway/snap/snap.js
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml' };
const SNAP = `{
  const here = globalThis.__bench;
  globalThis.snap = { pay: (token, options) => here.onPay(token, options), embed: (token, options) => here.onPay(token, options), show() {}, hide() {} };
}`;

const delays = { token: 0, script: 0 };
let responses = [];
const delay = async (name, milliseconds) => {
  const startedAt = performance.now();
  // Timers fire up to a millisecond late, so the rest of the time is spent in turns of the event loop.
  if (milliseconds > 2) await new Promise((resolve) => setTimeout(resolve, milliseconds - 2));
  while (performance.now() - startedAt < milliseconds) await new Promise(setImmediate);
  responses.push({ name, took: performance.now() - startedAt });
};

const files = new Map();
function addFiles(name, folder) {
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
    try { brotli = readFileSync(`${path}.br`); } catch { /* files without .br are not compressible */ }
    cache.set(path, { plain: readFileSync(path), brotli });
  }
  return cache.get(path);
}

const page = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://bench');
  if (url.pathname === '/api/orders') {
    request.resume();
    await delay('token', delays.token);
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    const token = randomUUID();
    response.end(JSON.stringify({ token, redirect_url: `${origin(gateway)}/snap/v4/redirection/${token}` }));
    return;
  }
  const path = files.get(url.pathname.endsWith('/') ? `${url.pathname}index.html` : url.pathname);
  if (!path) { response.writeHead(404).end(); return; }
  const { plain, brotli } = read(path);
  const html = extname(path) === '.html';
  // The page contains the gateway's origin, whose port is known only now, so it is sent uncompressed.
  const body = html ? Buffer.from(plain.toString('utf8').replaceAll('GATEWAY_ORIGIN', origin(gateway))) : brotli ?? plain;
  response.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'content-length': body.length,
    'cache-control': html ? 'no-cache' : 'public, max-age=31536000, immutable',
    ...(!html && brotli ? { 'content-encoding': 'br', vary: 'accept-encoding' } : {}),
  });
  response.end(body);
});
const gateway = createServer(async (request, response) => {
  if (!request.url.startsWith('/snap/snap.js')) { response.writeHead(404).end(); return; }
  await delay('script', delays.script);
  response.writeHead(200, { 'content-type': TYPES['.js'], 'cache-control': 'public, max-age=60', 'timing-allow-origin': '*' });
  response.end(SNAP);
});
const origin = (server) => `http://127.0.0.1:${server.address().port}`;

for (const server of [page, gateway]) {
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
process.on('disconnect', () => process.exit());
process.on('message', ({ id, sides, set, log }) => {
  if (sides) for (const [name, folder] of Object.entries(sides)) addFiles(name, folder);
  if (set) { Object.assign(delays, set); responses = []; }
  process.send({ id, log: log ? responses : undefined });
});
process.send({ page: origin(page), gateway: origin(gateway) });
