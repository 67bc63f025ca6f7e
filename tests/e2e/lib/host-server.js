// A merchant's web server: host pages, the npm package's files, and everything else from the merchant backend
// behind it, as a reverse proxy does it. Every page goes out under the policy that docs/csp.md prints.
//
// It counts what is asked for, and can hold back, break or refuse a file until it is told otherwise.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderShop } from '../hosts/php/shop.js';
import { TYPES, bodyOf, send } from './http.js';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const HOSTS = join(here, '../hosts');

/** Starts it in front of a merchant backend and a gateway. */
export async function startHosts({ merchant, gateway, clientKey }) {
  const library = process.env.NPM_PACKAGE || join(root, 'target/npm/package');
  const hosts = new Hosts({ merchant: new URL(merchant), gateway, clientKey, library });
  await hosts.listen();
  return hosts;
}

/** The lines of docs/csp.md for a page with the component, with the local gateway in place of Midtrans. */
export function documentedPolicy(gateway, ours = '') {
  const page = readFileSync(join(root, 'docs/csp.md'), 'utf8');
  const lines = /## Your own page[\s\S]*?```\n([\s\S]*?)```/.exec(page)?.[1].trim().split('\n') ?? [];
  if (!lines.some((line) => line.startsWith('require-trusted-types-for'))) throw new Error('docs/csp.md prints no policy with Trusted Types');
  const local = lines.map((line) => line.replace('https://app.midtrans.com', gateway).replace(' https://*.midtrans.com', line.includes(gateway) ? '' : ` ${gateway}`));
  return ["default-src 'none'", "base-uri 'none'", ...local, 'report-uri /hosts/violations'].join('; ')
    .replace(/(trusted-types [^;]*)/, `$1${ours && ` ${ours}`}`);
}

// Frameworks make Trusted Types policies of their own; a page that uses one names it.
const FRAMEWORK_POLICIES = { vue: 'vue', svelte: 'svelte-trusted-html' };

class Hosts {
  constructor(parts) {
    Object.assign(this, parts);
    this.server = createServer((ask, answer) => this.serve(ask, answer));
    this.reset();
  }

  /** Forgets what was counted and planned; what is held is let go. */
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

  /** Requests whose path matches. */
  asked(pattern, method) {
    return this.requests.filter((one) => pattern.test(one.path) && (!method || one.method === method));
  }

  /** How many tokens the page asked for. */
  tokenRequests() {
    return this.asked(/^\/api\/orders(\/[^/]+\/token)?$/, 'POST').length;
  }

  /** From now on answers for matching files wait: `{ arrived }` once one is asked for, `release()` lets them go. */
  hold(pattern) {
    let arrive, release;
    const arrived = new Promise((resolve) => { arrive = resolve; });
    const let_go = new Promise((resolve) => { release = resolve; });
    const plan = { pattern, arrive, release, let_go };
    this.plans.push(plan);
    return { arrived, release };
  }

  /** From now on matching files are answered so: `{ status }`, `{ type, body }`, or `{ reset: true }`. */
  breaks(pattern, how) {
    this.plans.push({ pattern, how });
  }

  /** A file of the package, as it is. */
  original(name) {
    return readFileSync(join(this.library, name));
  }

  /** All is well again. */
  mend() {
    for (const { release } of this.plans.splice(0)) release?.();
  }

  logs() {
    return this.requests.map(({ method, path, status }) => `${method} ${path} ${status ?? ''}`).join('\n');
  }

  // The server

  async serve(ask, answer) {
    const url = new URL(ask.url, 'http://host');
    const noted = { method: ask.method, path: url.pathname };
    answer.on('finish', () => { noted.status = answer.statusCode; });
    this.requests.push(noted);
    try {
      for (const { pattern, arrive, let_go, how } of [...this.plans]) {
        if (!pattern.test(url.pathname)) continue;
        arrive?.();
        await let_go;
        if (how?.reset) return ask.socket.destroy();
        if (how) return send(answer, how.status ?? 200, how.type ?? TYPES[extname(url.pathname)], how.body ?? 'broken, as planned');
      }
      await this.answer(ask, answer, url);
    } catch (error) {
      noted.status = `failed: ${error.stack}`;
      if (answer.headersSent) answer.destroy();
      else send(answer, 500, TYPES['.json'], String(error));
    }
  }

  async answer(ask, answer, url) {
    const [, area, name, ...rest] = url.pathname.split('/');
    if (area === 'npm' || area === 'npm-other') return this.file(answer, join(this.library, name, ...rest), area === 'npm-other');
    if (area !== 'hosts') return this.proxy(ask, answer);
    if (name === 'violations') {
      this.violations.push(JSON.parse(await bodyOf(ask)));
      return send(answer, 204);
    }
    if (name === 'token') {
      // What a backend of three lines answers: Midtrans' own words.
      const { token, redirect_url } = await this.merchantSays('POST', '/api/orders', JSON.parse(await bodyOf(ask)), ask.headers['idempotency-key']);
      return send(answer, 201, TYPES['.json'], JSON.stringify({ token, redirect_url }));
    }
    if (name === 'php') return renderShop(this, ask, answer, url);
    const path = normalize(rest.join('/') || 'index.html');
    const places = [join(HOSTS, name, 'dist', path), join(HOSTS, name, path), join(HOSTS, name)];
    const file = path.startsWith('..') ? null : places.find((place) => extname(place) && existsSync(place));
    if (!file) return send(answer, 404);
    if (extname(file) === '.html') return this.page(answer, readFileSync(file, 'utf8'), url, FRAMEWORK_POLICIES[name]);
    return this.file(answer, file);
  }

  /**
   * A page under the documented policy. `{{names}}` stand for what a merchant would have written there; `{{more}}`
   * for the attributes that a spec asks for as `?mode=embed`: of two equal attributes a browser takes the first.
   */
  page(answer, html, url, policies = '') {
    const inline = this.original('inline.js');
    const nonce = randomBytes(12).toString('base64');
    // A page around the plain one, on this origin or on the other name of this machine.
    const shop = url.searchParams.has('stranger') ? this.otherOrigin : this.origin;
    const words = { ...this.words(), nonce, inner: `${shop}/hosts/plain/` };
    const more = [...url.searchParams].map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
    const text = html.replace('<head>', '<head>\n<script src="/hosts/event-recorder.js"></script>').replaceAll('{{more}}', more).replace(/\{\{(\w+)\}\}/g, (_, word) => (word === 'inline' ? inline : escaped(words[word] ?? '')));
    let policy = documentedPolicy(this.gateway, policies);
    // A page that knows its scripts by nonce, and no gateway by name.
    if (html.includes('{{nonce}}')) policy = policy.replace(/(script-src [^;]*) http:[^;]*/, `$1 'nonce-${nonce}'`);
    // A page that holds the shell itself knows what stands in it by its hash.
    if (html.includes('{{inline}}')) policy = policy.replace('script-src', ['script-src', ...hashesOf(text)].join(' '));
    if (html.includes('{{inner}}')) policy = policy.replace('frame-src', `frame-src ${shop}`);
    if (url.searchParams.has('without-eval')) policy = policy.replace(" 'wasm-unsafe-eval'", '');
    answer.setHeader('content-security-policy', policy);
    return send(answer, 200, TYPES['.html'], text);
  }

  words() {
    const script = this.script();
    return {
      clientKey: this.clientKey, gateway: this.gateway, script: script && `/npm/${script}`, script2: script && `/npm-other/${script}`,
      integrity: script && `sha384-${createHash('sha384').update(readFileSync(join(this.library, script))).digest('base64')}`,
    };
  }

  /** What `snap-checkout/script` is, by the package's own word. */
  script() {
    const { exports } = JSON.parse(readFileSync(join(this.library, 'package.json'), 'utf8'));
    const entry = exports['./script'];
    const path = typeof entry === 'string' ? entry : entry?.default ?? entry?.import;
    return path && normalize(path);
  }

  /** A file as it is; `other`: as if it were another version of the package. */
  file(answer, path, other = false) {
    if (!existsSync(path)) return send(answer, 404);
    const bytes = readFileSync(path);
    answer.setHeader('access-control-allow-origin', '*');
    return send(answer, 200, TYPES[extname(path)] ?? 'application/octet-stream',
      other && extname(path) === '.js' ? `/* another copy */\n${bytes}` : bytes);
  }

  /** Passed on byte by byte, so streams stream. A connection each: none is there to break when it is used again. */
  proxy(ask, answer) {
    const upstream = request({
      host: this.merchant.hostname, port: this.merchant.port, method: ask.method, path: ask.url,
      headers: { ...ask.headers, connection: 'close' }, agent: false,
    }, (found) => {
      answer.writeHead(found.statusCode, found.headers);
      answer.flushHeaders();
      found.pipe(answer);
      found.on('error', () => answer.destroy());
    });
    upstream.on('error', () => answer.destroy());
    answer.on('close', () => upstream.destroy());
    ask.pipe(upstream);
  }

  /** Asks the merchant backend itself, as a server does. */
  async merchantSays(method, path, body, key) {
    const headers = { 'content-type': 'application/json', ...(key && { 'idempotency-key': key }) };
    const found = await fetch(new URL(path, this.merchant), { method, headers, body: body && JSON.stringify(body) });
    if (!found.ok) throw new Error(`${method} ${path}: ${found.status} ${await found.text()}`);
    return found.json();
  }
}

/** As a policy names them: the scripts that stand in a page. */
const hashesOf = (html) => [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)]
  .map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);

const escaped = (text) => String(text).replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');
