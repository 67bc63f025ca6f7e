// A merchant's web server. It serves the host pages and the npm package, and proxies all other requests to the
// backend. Every page has the policy of docs/csp.md. The server records requests, and can hold or replace a response.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderShop } from '../hosts/php/shop.js';
import { TYPES, bodyOf, send } from './http.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const HOSTS = join(here, '../hosts');

/** Starts the server in front of a backend and a gateway. */
export async function startHosts({ backend, gateway, clientKey }) {
  const library = process.env.NPM_PACKAGE || join(root, 'target/npm/package');
  const hosts = new Hosts({ backend: new URL(backend), gateway, clientKey, library });
  await hosts.listen();
  return hosts;
}

/** The policy of docs/csp.md for a page with the component, with the local gateway in place of Midtrans. */
export function documentedPolicy(gateway, trustedTypes = '') {
  const page = readFileSync(join(root, 'docs/csp.md'), 'utf8');
  const lines = /## Your own page[\s\S]*?```\n([\s\S]*?)```/.exec(page)?.[1].trim().split('\n') ?? [];
  if (!lines.some((line) => line.startsWith('require-trusted-types-for'))) throw new Error('docs/csp.md has no policy with Trusted Types');
  const local = lines.map((line) => line.replace('https://app.midtrans.com', gateway).replace(' https://*.midtrans.com', line.includes(gateway) ? '' : ` ${gateway}`));
  return ["default-src 'none'", "base-uri 'none'", ...local, 'report-uri /hosts/violations'].join('; ')
    .replace(/(trusted-types [^;]*)/, `$1${trustedTypes && ` ${trustedTypes}`}`);
}

// Some frameworks create their own Trusted Types policies; a page that uses one must name it.
const FRAMEWORK_POLICIES = { vue: 'vue', svelte: 'svelte-trusted-html' };

class Hosts {
  constructor(config) {
    Object.assign(this, config);
    this.server = createServer((request, response) => this.serve(request, response));
    this.reset();
  }

  /** Clears the recorded requests and the plans, and releases held responses. */
  reset() {
    for (const { release } of this.plans ?? []) release?.();
    this.requests = [];
    this.violations = [];
    this.plans = [];
  }

  async listen() {
    await new Promise((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    const { port } = this.server.address();
    this.origin = `http://127.0.0.1:${port}`;
    this.otherOrigin = `http://localhost:${port}`;
  }

  async stop() {
    this.reset();
    this.server.closeAllConnections();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  // For specs

  /** Recorded requests whose path matches. */
  requestsTo(pattern, method) {
    return this.requests.filter((request) => pattern.test(request.path) && (!method || request.method === method));
  }

  /** The number of token requests of the page. */
  tokenRequests() {
    return this.requestsTo(/^\/api\/orders(\/[^/]+\/token)?$/, 'POST').length;
  }

  /** Holds the responses for matching paths: `arrived` resolves at the first request, `release()` sends the responses. */
  holdResponses(pattern) {
    let arrive, release;
    const arrived = new Promise((resolve) => { arrive = resolve; });
    const released = new Promise((resolve) => { release = resolve; });
    const plan = { pattern, arrive, release, released };
    this.plans.push(plan);
    return { arrived, release };
  }

  /** Replaces the responses for matching paths by `{ status }`, `{ type, body }` or `{ reset: true }`. */
  replaceResponse(pattern, replacement) {
    this.plans.push({ pattern, replacement });
  }

  /** The bytes of a file of the package. */
  packageFile(name) {
    return readFileSync(join(this.library, name));
  }

  /** Ends all plans: responses are the real ones again. */
  restore() {
    for (const { release } of this.plans.splice(0)) release?.();
  }

  logs() {
    return this.requests.map(({ method, path, status }) => `${method} ${path} ${status ?? ''}`).join('\n');
  }

  // The server

  async serve(request, response) {
    const url = new URL(request.url, 'http://host');
    const entry = { method: request.method, path: url.pathname };
    response.on('finish', () => { entry.status = response.statusCode; });
    this.requests.push(entry);
    try {
      for (const { pattern, arrive, released, replacement } of [...this.plans]) {
        if (!pattern.test(url.pathname)) continue;
        arrive?.();
        await released;
        if (replacement?.reset) return request.socket.destroy();
        if (replacement) {
          const { status = 200, type = TYPES[extname(url.pathname)], body = 'broken, as planned' } = replacement;
          return send(response, status, type, body);
        }
      }
      await this.respond(request, response, url);
    } catch (error) {
      entry.status = `failed: ${error.stack}`;
      if (response.headersSent) response.destroy();
      else send(response, 500, TYPES['.json'], String(error));
    }
  }

  async respond(request, response, url) {
    const [, area, name, ...rest] = url.pathname.split('/');
    if (area === 'npm' || area === 'npm-other') return this.file(response, join(this.library, name, ...rest), area === 'npm-other');
    if (area !== 'hosts') return this.proxy(request, response);
    if (name === 'violations') {
      this.violations.push(JSON.parse(await bodyOf(request)));
      return send(response, 204);
    }
    if (name === 'token') {
      // The response of a minimal backend: only Midtrans' own fields.
      const { token, redirect_url } = await this.callBackend('POST', '/api/orders', JSON.parse(await bodyOf(request)), request.headers['idempotency-key']);
      return send(response, 201, TYPES['.json'], JSON.stringify({ token, redirect_url }));
    }
    if (name === 'php') return renderShop(this, request, response, url);
    const path = normalize(rest.join('/') || 'index.html');
    const candidates = [join(HOSTS, name, 'dist', path), join(HOSTS, name, path), join(HOSTS, name)];
    const file = path.startsWith('..') ? null : candidates.find((candidate) => extname(candidate) && existsSync(candidate));
    if (!file) return send(response, 404);
    if (extname(file) === '.html') return this.page(response, readFileSync(file, 'utf8'), url, FRAMEWORK_POLICIES[name]);
    return this.file(response, file);
  }

  /**
   * Sends a page with the documented policy. `{{name}}` is a placeholder for what a merchant would write there.
   * `{{more}}` holds the attributes of the query string, such as `?mode=embed`; of two equal attributes a browser
   * uses the first.
   */
  page(response, html, url, policies = '') {
    const inline = this.packageFile('inline.js');
    const nonce = randomBytes(12).toString('base64');
    // The framed page is on this origin, or on another one through another name of this machine.
    const innerOrigin = url.searchParams.has('other-origin') ? this.otherOrigin : this.origin;
    const values = { ...this.placeholders(), nonce, inner: `${innerOrigin}/hosts/plain/` };
    const more = [...url.searchParams].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
    const text = html.replace('<head>', '<head>\n<script src="/hosts/event-recorder.js"></script>').replaceAll('{{more}}', more).replace(/\{\{(\w+)\}\}/g, (_, name) => (name === 'inline' ? inline : escaped(values[name] ?? '')));
    let policy = documentedPolicy(this.gateway, policies);
    // This page allows scripts by nonce and names no gateway.
    if (html.includes('{{nonce}}')) policy = policy.replace(/(script-src [^;]*) http:[^;]*/, `$1 'nonce-${nonce}'`);
    // This page has the shell inline and allows it by hash.
    if (html.includes('{{inline}}')) policy = policy.replace('script-src', ['script-src', ...hashesOf(text)].join(' '));
    if (html.includes('{{inner}}')) policy = policy.replace('frame-src', `frame-src ${innerOrigin}`);
    if (url.searchParams.has('without-eval')) policy = policy.replace(" 'wasm-unsafe-eval'", '');
    response.setHeader('content-security-policy', policy);
    return send(response, 200, TYPES['.html'], text);
  }

  placeholders() {
    const script = this.script();
    return {
      clientKey: this.clientKey, gateway: this.gateway, script: script && `/npm/${script}`, script2: script && `/npm-other/${script}`,
      integrity: script && `sha384-${createHash('sha384').update(readFileSync(join(this.library, script))).digest('base64')}`,
    };
  }

  /** The file of `snap-checkout/script`, from the package's `exports`. */
  script() {
    const { exports } = JSON.parse(readFileSync(join(this.library, 'package.json'), 'utf8'));
    const entry = exports['./script'];
    const path = typeof entry === 'string' ? entry : entry?.default ?? entry?.import;
    return path && normalize(path);
  }

  /** Sends a file. With `other` it differs, as a file of another package version does. */
  file(response, path, other = false) {
    if (!existsSync(path)) return send(response, 404);
    const bytes = readFileSync(path);
    response.setHeader('access-control-allow-origin', '*');
    return send(response, 200, TYPES[extname(path)] ?? 'application/octet-stream',
      other && extname(path) === '.js' ? `/* another copy */\n${bytes}` : bytes);
  }

  /** Pipes a request to the backend, so streams work. Each request has its own connection, so no idle one can break. */
  proxy(request, response) {
    const upstream = httpRequest({
      host: this.backend.hostname, port: this.backend.port, method: request.method, path: request.url,
      headers: { ...request.headers, connection: 'close' }, agent: false,
    }, (found) => {
      response.writeHead(found.statusCode, found.headers);
      response.flushHeaders();
      found.pipe(response);
      found.on('error', () => response.destroy());
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    request.pipe(upstream);
  }

  /** Calls the backend directly, as a server does. */
  async callBackend(method, path, body, key) {
    const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) };
    const response = await fetch(new URL(path, this.backend), { method, headers, body: body && JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}

/** The policy sources for the inline scripts of a page. */
const hashesOf = (html) => [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  .map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
