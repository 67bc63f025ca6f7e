// The loader of snap.js in a real browser, column by column: what may happen to a script, and what comes of it.
import assert from 'node:assert/strict';
import { until } from '../lib/process.js';

const isScript = (method, path) => path === '/snap/snap.js';
const NONCE = 'bG9hZGVy';

/** Each answers what was observed, in a few words. */
export const COLUMNS = {
  async 'parallel calls'(it) {
    await it.open();
    assert.deepEqual(await it.load({ times: 5 }), Array(5).fill('there'));
    assert.deepEqual(await it.load(), ['there']);
    await it.made({ tags: 1, left: 1, requests: 1 });
    return '6 calls: 1 tag, 1 request';
  },
  async 'all requests fail'(it) {
    await it.open();
    await it.script.strike('status 500', isScript);
    assert.deepEqual(await it.load({ times: 2 }), ['script_blocked', 'script_blocked']);
    await it.made({ tags: 3, left: 0, requests: 3 });
    return '`script_blocked`, 3 tries, no tag left';
  },
  async 'pauses between tries'(it) {
    await it.open();
    await it.script.strike('status 500', isScript);
    const gaps = [];
    for (let round = 0; round < 3; round += 1) {
      it.script.forget();
      // In real time: what is measured is when the server is asked.
      assert.deepEqual(await it.load({ skip: false }), ['script_blocked']);
      const asked = it.script.requests(isScript).map(({ at }) => at);
      assert.equal(asked.length, 3);
      gaps.push([asked[1] - asked[0], asked[2] - asked[1]].map(Math.round));
    }
    // A loaded machine makes them longer, never shorter.
    for (const [one, two] of gaps) assert.ok(one >= 245 && two >= 495, JSON.stringify(gaps));
    for (const at of [0, 1]) assert.ok(new Set(gaps.map((gap) => gap[at])).size > 1, `no jitter: ${JSON.stringify(gaps)}`);
    return gaps.map((gap) => gap.join(' + ')).join(', ') + ' ms';
  },
  async 'a later call'(it) {
    await it.open();
    await it.script.strike('reset', isScript);
    assert.deepEqual(await it.load(), ['script_blocked']);
    await it.script.clear();
    assert.deepEqual(await it.load(), ['there']);
    await it.made({ tags: 4, left: 1 });
    return 'works';
  },
  async '`load` without the global'(it) {
    await it.open();
    await it.script.strike('no global', isScript);
    assert.deepEqual(await it.load(), ['script_no_global']);
    await it.made({ tags: 3, left: 0, requests: 3 });
    await it.script.clear();
    assert.deepEqual(await it.load(), ['there']);
    return '`script_no_global`, then works';
  },
  async 'a server that never answers'(it) {
    await it.open();
    await it.script.strike('hang', isScript);
    const [code] = await it.load();
    assert.equal(code, 'script_timeout');
    const took = await it.took();
    assert.ok(took >= 30_000 && took < 33_000, `${took} ms`);
    await it.made({ tags: 3, left: 0, requests: 3 });
    await it.script.clear();
    assert.deepEqual(await it.load(), ['there']);
    return '`script_timeout` after 3 times 10 s, 3 requests, then works';
  },
  async 'answers after the last try'(it) {
    await it.open();
    await it.script.strike('hang', isScript);
    assert.deepEqual(await it.load(), ['script_timeout']);
    await it.script.clear({ deliver: true });
    assert.deepEqual(await it.load(), ['there']);
    await it.made({ tags: 4, left: 1 });
    assert.equal(await it.browser.run(() => document.querySelectorAll('#snap-midtrans').length), 1, 'scripts that ran');
    return 'are not run; the next call loads it once';
  },
  async 'a tag of somebody else'(it) {
    await it.open({ head: `<script async src="${it.url}"></script>` });
    assert.deepEqual(await it.load(), ['there']);
    await it.made({ tags: 1, left: 1, requests: 1 });
    return 'is taken: 1 tag, 1 request';
  },
  async 'a dead tag of somebody else'(it) {
    await it.script.strike('reset', isScript);
    await it.open({ head: `<script async src="${it.url}"></script>` });
    await until('tag that died', () => it.browser.run(() => window.faults.busy().scripts === 0 && window.faults.state.tags === 1));
    await it.script.clear();
    assert.deepEqual(await it.load(), ['there']);
    await it.made({ tags: 2, left: 1 });
    return 'is replaced, works';
  },
  async 'a tag of somebody else that hangs'(it) {
    await it.script.strike('hang', isScript);
    await it.open();
    await it.browser.run((src) => { document.head.append(Object.assign(document.createElement('script'), { src })); }, it.url);
    await until('request', () => it.script.struck() > 0);
    assert.deepEqual(await it.load(), ['script_timeout']);
    const took = await it.took();
    assert.ok(took < 33_000, `${took} ms`);
    await it.script.clear();
    assert.deepEqual(await it.load(), ['there']);
    await it.made({ left: 1 });
    return '`script_timeout` within its bound, then works';
  },
  async 'a nonce'(it) {
    await it.open({ policy: `script-src 'self' 'nonce-${NONCE}'` });
    assert.deepEqual(await it.load(), ['script_csp']);
    assert.deepEqual(await it.load({ nonce: NONCE }), ['there']);
    await it.made({ left: 1, requests: 1 });
    return 'loads with it, `script_csp` without';
  },
  async 'a policy that forbids it'(it) {
    await it.open({ policy: "script-src 'self'" });
    assert.deepEqual(await it.load(), ['script_csp']);
    await it.made({ tags: 1, left: 0, requests: 0 });
    return '`script_csp`, 1 try, no request';
  },
  async 'an ad-blocker'(it) {
    await it.open();
    // The others' drivers have no blocker: there it looks like a server that is not there.
    const blocks = it.browser.engine === 'chromium';
    const block = (urls) => it.browser.cdp('Network.setBlockedURLs', { urls });
    if (blocks) await it.browser.cdp('Network.enable').then(() => block(['*/snap/snap.js*']));
    else await it.script.refuse();
    try {
      assert.deepEqual(await it.load(), ['script_blocked']);
      await it.made({ tags: 3, left: 0, requests: 0 });
    } finally {
      await (blocks ? block([]) : it.script.clear());
    }
    assert.deepEqual(await it.load(), ['there']);
    return `\`script_blocked\`${blocks ? '' : ' (connection refused)'}, then works`;
  },
  async 'offline, then online'(it) {
    await it.open();
    const real = it.browser.engine === 'chromium';
    await (real ? it.offline(true) : it.script.refuse());
    if (!real) await it.browser.run(() => { Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false }); });
    try {
      assert.deepEqual(await it.load(), ['offline']);
    } finally {
      await (real ? it.offline(false) : it.script.clear());
    }
    if (!real) await it.browser.run(() => { delete navigator.onLine; });
    assert.deepEqual(await it.load(), ['there']);
    return `\`offline\`${real ? '' : ' (connection refused, `onLine` false)'}, then works`;
  },
  async 'the script of the other environment'(it) {
    const other = `${it.fronts.shop.origin}/snap/snap.js`;
    await it.open({ head: `<script async src="${other}"></script>` });
    assert.deepEqual(await it.load(), ['script_other_environment']);
    await it.made({ tags: 1, left: 1, requests: 0 });
    await it.open();
    assert.deepEqual(await it.load(), ['there']);
    assert.deepEqual(await it.load({ url: other }), ['script_other_environment']);
    await it.made({ left: 1, requests: 1 });
    return '`script_other_environment`, its tag stays';
  },
  async 'two bundles on one page'(it) {
    await it.open();
    await it.browser.run((url) => window.loader.bothBundles(url), it.url);
    assert.deepEqual(await it.ends(2), ['there', 'there']);
    await it.made({ tags: 1, left: 1, requests: 1 });
    return '1 tag, 1 request, both know';
  },
};

/** One column's page. */
export class Column {
  constructor(scene) {
    this.scene = scene;
    this.fronts = scene.fronts;
    this.browser = scene.browser;
    this.script = scene.fronts.gateway;
    this.url = `${this.script.origin}/snap/snap.js`;
    this.begun = 0;
  }

  async open({ head = '', policy } = {}) {
    this.fronts.inside.page = { head, policy };
    this.begun = 0;
    await this.browser.open(`${this.fronts.shop.origin}/faults/loader`);
    await until('the loader\'s page', () => this.browser.run(() => typeof window.loader === 'object'));
  }

  /** Loads, so often side by side; answers the ends. */
  async load({ times = 1, nonce, url = this.url, skip = true } = {}) {
    await this.browser.run((url, times, how) => window.loader.calls(url, times, how), url, times, nonce ? { nonce } : {});
    return this.ends(times, skip);
  }

  async ends(times, skip = true) {
    this.begun += times;
    const { script } = this;
    const held = () => ({ scripts: script.held('headers') + script.held('body') });
    let seen;
    await until(() => `end of the load; seen: ${JSON.stringify(seen)}`, async () => {
      seen = await this.browser.run((skip, held) => {
        const over = window.loader.ends.every(Boolean);
        return { ends: window.loader.ends, over, time: over || !skip ? '' : window.faults.forward(held) };
      }, skip, held());
      return seen.over && seen.ends.length === this.begun;
    }, { timeout: 30_000, every: 20 });
    return seen.ends.slice(-times).map(({ code }) => code);
  }

  /** How long the last load took by the page's own clock. */
  took() {
    return this.browser.run(() => window.loader.ends.at(-1).took);
  }

  /** Tags that were ever there and are left, requests that came. */
  async made({ tags, left, requests }) {
    const now = await this.browser.run(() => ({ tags: window.faults.state.tags, left: window.loader.tags() }));
    const asked = this.script.requests(isScript).length;
    if (tags !== undefined) assert.equal(now.tags, tags, 'tags made');
    assert.equal(now.left, left, 'tags left');
    if (requests !== undefined) assert.equal(asked, requests, 'requests');
  }

  offline(offline) {
    const network_conditions = { offline, latency: 0, download_throughput: -1, upload_throughput: -1 };
    return this.browser.call('POST', '/chromium/network_conditions', { network_conditions });
  }
}
