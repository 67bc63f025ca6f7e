// A proxy between the browser and one service that spoils answers on order. The service has done its work by then,
// which is the worst case: what was lost is only the answer.
import { Agent, createServer, request } from 'node:http';

const BYTE_EVERY = 1_000;
const HUGE = 8 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, ' ');

/** Faults that answer with something else than the service did: status, type, body made of the true one. */
const INSTEAD = {
  'status 500': () => [500, 'application/json', '{"error":{"code":"internal","message":"a fault"}}'],
  '502 page': () => [502, 'text/html', '<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>'],
  'no global': (type) => [200, type, 'void 0;'],
  'truncated': (type, body) => [200, type, body.subarray(0, Math.floor(body.length / 2))],
  'wrong types': (type, body) => [200, ...wrongTypes(type, body)],
};

function wrongTypes(type, body) {
  if (type.includes('json')) return [type, JSON.stringify(swapped(JSON.parse(body)))];
  if (type.includes('event-stream')) return [type, String(body).replace(/^data:(.*)$/gm, (_, data) => `data:${JSON.stringify(swapped(JSON.parse(data)))}`)];
  if (type.includes('javascript')) return [type, 'window.snap = { pay: 7, hide: "no" };'];
  return ['text/plain', '7'];
}

/** The same names, each with a value of another type. */
function swapped(value) {
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'number') return [value];
  if (Array.isArray(value)) return 'list';
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, swapped(one)]));
  return 7;
}

/**
 * Starts one. `target` is a function: the service may start later. `rewrite(headers, text, request)` may change
 * documents and data, not what is streamed.
 */
export async function startProxy({ target, rewrite = (text) => text, local = () => null }) {
  const agent = new Agent({ keepAlive: true });
  const sockets = new Set();
  const held = new Map();
  let seen = [];
  let plan = null;
  let struck = 0;
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
    const own = local(path);
    if (own) return answer(outgoing, ...own);
    seen.push({ method: incoming.method, path, at: performance.now(), key: incoming.headers['idempotency-key'] });
    const fault = plan?.match(incoming.method, path) ? plan : null;
    if (fault) struck += 1;
    const upstream = await forward(incoming, outgoing);
    if (!upstream) return outgoing.destroy();
    if (fault) return spoil(fault.kind, upstream, outgoing, incoming);
    return pass(upstream, outgoing, incoming);
  }

  function forward(incoming, outgoing) {
    const headers = { ...incoming.headers };
    delete headers.connection;
    // What is changed on the way has to be readable.
    if (!/\.(wasm|css|svg)$/.test(incoming.url)) delete headers['accept-encoding'];
    return new Promise((resolve) => {
      const going = request(new URL(incoming.url, target()), { agent, method: incoming.method, headers }, resolve);
      going.on('error', () => resolve(null));
      outgoing.on('close', () => { if (!outgoing.writableFinished) going.destroy(); });
      incoming.pipe(going);
    });
  }

  async function pass(upstream, outgoing, incoming) {
    const headers = { ...upstream.headers };
    delete headers.connection;
    delete headers['keep-alive'];
    const type = headers['content-type'] ?? '';
    // Nothing that a fault may be meant for is answered by a cache.
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
    const text = Buffer.from(rewrite(String(await whole(upstream)), type, incoming.url));
    delete headers['transfer-encoding'];
    outgoing.writeHead(upstream.statusCode, { ...headers, 'content-length': text.length });
    outgoing.end(text);
  }

  async function spoil(kind, upstream, outgoing, incoming) {
    if (kind === 'reset') {
      await first(upstream);
      return outgoing.socket?.resetAndDestroy();
    }
    if (kind === 'hang') return hold(outgoing, 'headers', () => pass(upstream, outgoing, incoming));
    const type = upstream.headers['content-type'] ?? '';
    const stream = type.includes('event-stream');
    if (kind === 'huge') return huge(upstream, outgoing, type);
    if (kind === 'drip') {
      const body = stream ? await first(upstream) : await whole(upstream);
      return drip(upstream, outgoing, Buffer.from(rewrite(String(body), type, incoming.url)));
    }
    const body = stream ? await first(upstream) : await whole(upstream);
    const spoiled = INSTEAD[kind];
    if (!spoiled) throw new Error(`no fault is called ${kind}`);
    answer(outgoing, ...spoiled(type, body));
    upstream.destroy();
  }

  function hold(outgoing, what, release) {
    held.set(outgoing, { what, release });
    outgoing.on('close', () => held.delete(outgoing));
  }

  function drip(upstream, outgoing, body) {
    const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...headers } = upstream.headers;
    outgoing.writeHead(upstream.statusCode, headers);
    outgoing.flushHeaders();
    let at = 0;
    const timer = setInterval(() => {
      if (at < body.length) outgoing.write(body.subarray(at, at += 1));
    }, BYTE_EVERY);
    outgoing.on('close', () => clearInterval(timer));
    hold(outgoing, 'body', () => outgoing.end(body.subarray(at)));
  }

  /** Far more than anybody wants, as fast as it is taken, and then never an end. */
  function huge(upstream, outgoing, type) {
    outgoing.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    const stream = type.includes('event-stream');
    outgoing.write(stream ? 'event: order\ndata: {"junk":"' : type.includes('json') ? '{"junk":"' : '/* ');
    let sent = 0;
    const more = () => {
      while (sent < HUGE && !outgoing.destroyed) {
        sent += PIECE.length;
        if (!outgoing.write(PIECE)) return void outgoing.once('drain', more);
      }
      if (stream && !outgoing.destroyed) outgoing.write('"}\n\n');
    };
    hold(outgoing, 'body', () => outgoing.destroy());
    more();
    upstream.destroy();
  }

  await listen();
  return {
    get origin() {
      return `http://127.0.0.1:${port}`;
    },
    /** From now on every request that `match(method, path)` takes gets this fault; 'refused' nobody gets through. */
    async strike(kind, match) {
      if (kind === 'refused') return this.refuse();
      plan = { kind, match };
      struck = 0;
    },
    /** Nobody listens any more, and who was connected is not. */
    async refuse() {
      const closed = new Promise((resolve) => { server.close(resolve); });
      this.drop();
      await closed;
      struck = 1;
    },
    /** Well again. What was held is given out when `deliver` says so, else it is cut. */
    async clear({ deliver = false } = {}) {
      plan = null;
      for (const { release } of [...held.values()]) if (deliver) await release();
      if (!deliver) for (const outgoing of held.keys()) outgoing.destroy();
      held.clear();
      if (!server.listening) await listen();
    },
    /** Cuts every connection: what a machine that slept finds. */
    drop() {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    /** Requests that a fault met since it was planned. */
    struck: () => struck,
    /** How many answers are held before their headers, and within their body. */
    held(what) {
      return [...held.values()].filter((one) => one.what === what).length;
    },
    requests: (match = () => true) => seen.filter(({ method, path }) => match(method, path)),
    forget() {
      seen = [];
    },
    async stop() {
      plan = null;
      const closed = new Promise((resolve) => { server.close(resolve); });
      this.drop();
      agent.destroy();
      await closed;
    },
  };
}

function answer(outgoing, status, type, body, headers = {}) {
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, { ...headers, 'content-type': type, 'cache-control': 'no-store', 'content-length': bytes.length });
  outgoing.end(bytes);
}

async function whole(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** What a stream says first, until the end of its first message. */
async function first(stream) {
  let text = Buffer.alloc(0);
  for await (const part of stream.iterator({ destroyOnReturn: false })) {
    text = Buffer.concat([text, part]);
    if (String(text).includes('\n\n')) break;
  }
  return text;
}
