// A proxy between the browser and one service that corrupts responses on request. The service still does its work,
// which is the worst case: only the response is lost.
import { Agent, createServer, request } from 'node:http';

const DRIP_INTERVAL_MS = 1_000;
const HUGE_BYTES = 8 * 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, ' ');

/** Faults that replace the response: status, type and body, made from the real type and body. */
const REPLACEMENTS = {
  'status 500': () => [500, 'application/json', '{"error":{"code":"internal","message":"a fault"}}'],
  '502 page': () => [502, 'text/html', '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>'],
  'no global': (type) => [200, type, 'void 0;'],
  'truncated': (type, body) => [200, type, body.subarray(0, Math.floor(body.length / 2))],
  'wrong types': (type, body) => [200, ...wrongTypes(type, body)],
};

function wrongTypes(type, body) {
  if (type.includes('json')) return [type, JSON.stringify(withOtherTypes(JSON.parse(body)))];
  if (type.includes('event-stream')) return [type, String(body).replace(/^data:(.*)$/gm, (_, data) => `data:${JSON.stringify(withOtherTypes(JSON.parse(data)))}`)];
  if (type.includes('javascript')) return [type, 'window.snap = { pay: 7, hide: "no" };'];
  return ['text/plain', '7'];
}

/** The same fields, each with a value of another type. */
function withOtherTypes(value) {
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return 'list';
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, withOtherTypes(field)]));
  return 7;
}

/**
 * Starts a proxy. `target()` returns the origin of the service, which may start later. `rewrite(text, type, url)` may
 * change documents and data, but not streams. `local(path)` may return a response of the proxy's own.
 */
export async function startProxy({ target, rewrite = (text) => text, local = () => null }) {
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set();
  const heldResponses = new Map();
  let requests = [];
  let plan = null;
  let faultyRequests = 0;
  let port = 0;
  let server = null;

  function listen() {
    server = createServer({ keepAlive: false }, (incoming, outgoing) => {
      handle(incoming, outgoing).catch(() => outgoing.destroy());
    });
    server.requestTimeout = 0;
    server.headersTimeout = 0;
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    });
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        port = server.address().port;
        resolve();
      });
    });
  }

  async function handle(incoming, outgoing) {
    const path = incoming.url.split('?')[0];
    outgoing.shouldKeepAlive = false;
    outgoing.on('error', () => {});
    const localResponse = local(path);
    if (localResponse) return send(outgoing, ...localResponse);
    requests.push({ method: incoming.method, path, at: performance.now(), key: incoming.headers['idempotency-key'] });
    const fault = plan?.match(incoming.method, path) ? plan : null;
    if (fault) faultyRequests += 1;
    const upstream = await forward(incoming, outgoing);
    if (!upstream) return outgoing.destroy();
    if (fault) return corrupt(fault.kind, upstream, outgoing, incoming);
    return pass(upstream, outgoing, incoming);
  }

  function forward(incoming, outgoing) {
    const headers = { ...incoming.headers };
    delete headers.connection;
    // The proxy can only rewrite uncompressed text.
    if (!/\.(wasm|css|svg)$/.test(incoming.url)) delete headers['accept-encoding'];
    return new Promise((resolve) => {
      const outbound = request(new URL(incoming.url, target()), { agent, method: incoming.method, headers }, resolve);
      outbound.on('error', () => resolve(null));
      outgoing.on('close', () => { if (!outgoing.writableFinished) outbound.destroy(); });
      incoming.pipe(outbound);
    });
  }

  async function pass(upstream, outgoing, incoming) {
    const headers = { ...upstream.headers };
    delete headers.connection;
    delete headers['keep-alive'];
    const type = headers['content-type'] ?? '';
    // A cache must not serve a response that a later fault is meant for.
    if (!/immutable/.test(headers['cache-control'] ?? '') || incoming.url.endsWith('.wasm')) headers['cache-control'] = 'no-store';
    for (const name of ['location', 'content-security-policy', 'permissions-policy']) {
      if (headers[name]) headers[name] = rewrite(headers[name], 'header');
    }
    if (!/html|json|javascript/.test(type) || headers['content-encoding']) {
      outgoing.writeHead(upstream.statusCode, headers);
      upstream.on('error', () => outgoing.destroy());
      upstream.pipe(outgoing);
      return;
    }
    const text = Buffer.from(rewrite(String(await readAll(upstream)), type, incoming.url));
    delete headers['transfer-encoding'];
    outgoing.writeHead(upstream.statusCode, { ...headers, 'content-length': text.length });
    outgoing.end(text);
  }

  async function corrupt(kind, upstream, outgoing, incoming) {
    if (kind === 'reset') {
      await firstEvent(upstream);
      return outgoing.socket?.resetAndDestroy();
    }
    if (kind === 'hang') return hold(outgoing, 'headers', () => pass(upstream, outgoing, incoming));
    const type = upstream.headers['content-type'] ?? '';
    const stream = type.includes('event-stream');
    if (kind === 'huge') return huge(upstream, outgoing, type);
    if (kind === 'drip') {
      const body = stream ? await firstEvent(upstream) : await readAll(upstream);
      return drip(upstream, outgoing, Buffer.from(rewrite(String(body), type, incoming.url)));
    }
    const body = stream ? await firstEvent(upstream) : await readAll(upstream);
    const replacement = REPLACEMENTS[kind];
    if (!replacement) throw new Error(`unknown fault: ${kind}`);
    send(outgoing, ...replacement(type, body));
    upstream.destroy();
  }

  function hold(outgoing, part, release) {
    heldResponses.set(outgoing, { part, release });
    outgoing.on('close', () => heldResponses.delete(outgoing));
  }

  function drip(upstream, outgoing, body) {
    const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = upstream.headers;
    outgoing.writeHead(upstream.statusCode, headers);
    outgoing.flushHeaders();
    let at = 0;
    const timer = setInterval(() => {
      if (at < body.length) outgoing.write(body.subarray(at, at += 1));
    }, DRIP_INTERVAL_MS);
    outgoing.on('close', () => clearInterval(timer));
    hold(outgoing, 'body', () => outgoing.end(body.subarray(at)));
  }

  /** Sends eight megabytes as fast as the browser reads, and does not end the response. */
  function huge(upstream, outgoing, type) {
    outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    const stream = type.includes('event-stream');
    outgoing.write(stream ? 'event: order\ndata: {"junk":"' : type.includes('json') ? '{"junk":"' : '/* ');
    let sent = 0;
    const writeMore = () => {
      while (sent < HUGE_BYTES && !outgoing.destroyed) {
        sent += CHUNK.length;
        if (!outgoing.write(CHUNK)) return void outgoing.once('drain', writeMore);
      }
      if (stream && !outgoing.destroyed) outgoing.write('"}\n\n');
    };
    hold(outgoing, 'body', () => outgoing.destroy());
    writeMore();
    upstream.destroy();
  }

  await listen();
  return {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    /** Applies this fault to every request that `match(method, path)` accepts; 'refused' applies to all connections. */
    async setFault(kind, match) {
      if (kind === 'refused') return this.refuse();
      plan = { kind, match };
      faultyRequests = 0;
    },
    /** Stops listening and closes all connections. */
    async refuse() {
      const closed = new Promise((resolve) => { server.close(resolve); });
      this.dropConnections();
      await closed;
      faultyRequests = 1;
    },
    /** Ends the fault. Held responses are sent when `deliver` is true, else their connections are closed. */
    async clear({ deliver = false } = {}) {
      plan = null;
      for (const { release } of [...heldResponses.values()]) if (deliver) await release();
      if (!deliver) for (const outgoing of heldResponses.keys()) outgoing.destroy();
      heldResponses.clear();
      if (!server.listening) await listen();
    },
    /** Resets every connection, as after the machine slept. */
    dropConnections() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    /** The number of requests that had the current fault. */
    faultyRequestCount: () => faultyRequests,
    /** The number of responses that are held before the given part: 'headers' or 'body'. */
    held(part) {
      return [...heldResponses.values()].filter((response) => response.part === part).length;
    },
    requests: (match = () => true) => requests.filter(({ method, path }) => match(method, path)),
    clearRequests() {
      requests = [];
    },
    async stop() {
      plan = null;
      const closed = new Promise((resolve) => { server.close(resolve); });
      this.dropConnections();
      agent.destroy();
      await closed;
    },
  };
}

function send(outgoing, status, type, body, headers = {}) {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, 'content-type': type, 'cache-control': 'no-store', 'content-length': bytes.length });
  outgoing.end(bytes);
}

async function readAll(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** The start of a stream, up to the end of its first event. */
async function firstEvent(stream) {
  let text = Buffer.alloc(0);
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    text = Buffer.concat([text, part]);
    if (String(text).includes('\n\n')) break;
  }
  return text;
}
