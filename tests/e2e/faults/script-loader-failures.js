// Tests of the snap.js loader in a real browser, one per failure of a script.
import assert from 'node:assert/strict';
import { until } from '../lib/process.js';

const isScript = (method, path) => path === '/snap/snap.js';
const NONCE = 'bG9hZGVy';

/** Each case returns the observed result for the table in docs/reliability.md. */
export const LOADER_CASES = {
  async 'parallel calls'(page) {
    await page.open();
    assert.deepEqual(await page.load({ times: 5 }), Array(5).fill('loaded'));
    assert.deepEqual(await page.load(), ['loaded']);
    await page.assertCounts({ tags: 1, left: 1, requests: 1 });
    return '6 calls: 1 tag, 1 request';
  },
  async 'all requests fail'(page) {
    await page.open();
    await page.script.setFault('status 500', isScript);
    assert.deepEqual(await page.load({ times: 2 }), ['script_blocked', 'script_blocked']);
    await page.assertCounts({ tags: 3, left: 0, requests: 3 });
    return '`script_blocked` after 3 attempts, no tag left';
  },
  async 'delays between attempts'(page) {
    await page.open();
    await page.script.setFault('status 500', isScript);
    const gaps = [];
    for (let round = 0; round < 3; round += 1) {
      page.script.clearRequests();
      // In real time, because the test measures when the requests arrive.
      assert.deepEqual(await page.load({ skip: false }), ['script_blocked']);
      const times = page.script.requests(isScript).map(({ at }) => at);
      assert.equal(times.length, 3);
      gaps.push([times[1] - times[0], times[2] - times[1]].map(Math.round));
    }
    // A busy machine makes the delays longer, never shorter.
    for (const [first, second] of gaps) assert.ok(first >= 245 && second >= 495, JSON.stringify(gaps));
    for (const at of [0, 1]) assert.ok(new Set(gaps.map((gap) => gap[at])).size > 1, `no jitter: ${JSON.stringify(gaps)}`);
    return gaps.map((gap) => gap.join(' + ')).join(', ') + ' ms';
  },
  async 'a call after a failure'(page) {
    await page.open();
    await page.script.setFault('reset', isScript);
    assert.deepEqual(await page.load(), ['script_blocked']);
    await page.script.clear();
    assert.deepEqual(await page.load(), ['loaded']);
    await page.assertCounts({ tags: 4, left: 1 });
    return 'works';
  },
  async '`load` without the global'(page) {
    await page.open();
    await page.script.setFault('no global', isScript);
    assert.deepEqual(await page.load(), ['script_no_global']);
    await page.assertCounts({ tags: 3, left: 0, requests: 3 });
    await page.script.clear();
    assert.deepEqual(await page.load(), ['loaded']);
    return '`script_no_global`, then works';
  },
  async 'a server that never responds'(page) {
    await page.open();
    await page.script.setFault('hang', isScript);
    const [code] = await page.load();
    assert.equal(code, 'script_timeout');
    const took = await page.took();
    assert.ok(took >= 30_000 && took < 33_000, `${took} ms`);
    await page.assertCounts({ tags: 3, left: 0, requests: 3 });
    await page.script.clear();
    assert.deepEqual(await page.load(), ['loaded']);
    return '`script_timeout` after 3 × 10 s, 3 requests, then works';
  },
  async 'responses after the last attempt'(page) {
    await page.open();
    await page.script.setFault('hang', isScript);
    assert.deepEqual(await page.load(), ['script_timeout']);
    await page.script.clear({ deliver: true });
    assert.deepEqual(await page.load(), ['loaded']);
    await page.assertCounts({ tags: 4, left: 1 });
    assert.equal(await page.browser.run(() => document.querySelectorAll('#snap-midtrans').length), 1, 'executed scripts');
    return 'are not executed; the next call loads the script once';
  },
  async 'a foreign tag'(page) {
    await page.open({ head: `<script async src="${page.url}"></script>` });
    assert.deepEqual(await page.load(), ['loaded']);
    await page.assertCounts({ tags: 1, left: 1, requests: 1 });
    return 'is reused: 1 tag, 1 request';
  },
  async 'a failed foreign tag'(page) {
    await page.script.setFault('reset', isScript);
    await page.open({ head: `<script async src="${page.url}"></script>` });
    await until('failure of the tag', () => page.browser.run(() => window.faults.busy().scripts === 0 && window.faults.state.tags === 1));
    await page.script.clear();
    assert.deepEqual(await page.load(), ['loaded']);
    await page.assertCounts({ tags: 2, left: 1 });
    return 'is replaced, works';
  },
  async 'a hanging foreign tag'(page) {
    await page.script.setFault('hang', isScript);
    await page.open();
    await page.browser.run((src) => { document.head.append(Object.assign(document.createElement('script'), { src })); }, page.url);
    await until('request', () => page.script.faultyRequestCount() > 0);
    assert.deepEqual(await page.load(), ['script_timeout']);
    const took = await page.took();
    assert.ok(took < 33_000, `${took} ms`);
    await page.script.clear();
    assert.deepEqual(await page.load(), ['loaded']);
    await page.assertCounts({ left: 1 });
    return '`script_timeout` within the time limit, then works';
  },
  async 'a nonce'(page) {
    await page.open({ policy: `script-src 'self' 'nonce-${NONCE}'` });
    assert.deepEqual(await page.load(), ['script_csp']);
    assert.deepEqual(await page.load({ nonce: NONCE }), ['loaded']);
    await page.assertCounts({ left: 1, requests: 1 });
    return 'loads with it, `script_csp` without';
  },
  async 'a policy that blocks the script'(page) {
    await page.open({ policy: "script-src 'self'" });
    assert.deepEqual(await page.load(), ['script_csp']);
    await page.assertCounts({ tags: 1, left: 0, requests: 0 });
    return '`script_csp`, 1 attempt, no request';
  },
  async 'an ad blocker'(page) {
    await page.open();
    // The other drivers cannot block a URL, so there the connection is refused.
    const canBlock = page.browser.engine === 'chromium';
    const block = (urls) => page.browser.cdp('Network.setBlockedURLs', { urls });
    if (canBlock) await page.browser.cdp('Network.enable').then(() => block(['*/snap/snap.js*']));
    else await page.script.refuse();
    try {
      assert.deepEqual(await page.load(), ['script_blocked']);
      await page.assertCounts({ tags: 3, left: 0, requests: 0 });
    } finally {
      await (canBlock ? block([]) : page.script.clear());
    }
    assert.deepEqual(await page.load(), ['loaded']);
    return `\`script_blocked\`${canBlock ? '' : ' (connection refused)'}, then works`;
  },
  async 'offline, then online'(page) {
    await page.open();
    const canGoOffline = page.browser.engine === 'chromium';
    await (canGoOffline ? page.offline(true) : page.script.refuse());
    if (!canGoOffline) await page.browser.run(() => { Object.defineProperty(navigator, 'onLine', { configurable: true, get: () => false }); });
    try {
      assert.deepEqual(await page.load(), ['offline']);
    } finally {
      await (canGoOffline ? page.offline(false) : page.script.clear());
    }
    if (!canGoOffline) await page.browser.run(() => { delete navigator.onLine; });
    assert.deepEqual(await page.load(), ['loaded']);
    return `\`offline\`${canGoOffline ? '' : ' (connection refused, `onLine` false)'}, then works`;
  },
  async 'the script of the other environment'(page) {
    const other = `${page.env.backend.origin}/snap/snap.js`;
    await page.open({ head: `<script async src="${other}"></script>` });
    assert.deepEqual(await page.load(), ['script_other_environment']);
    await page.assertCounts({ tags: 1, left: 1, requests: 0 });
    await page.open();
    assert.deepEqual(await page.load(), ['loaded']);
    assert.deepEqual(await page.load({ url: other }), ['script_other_environment']);
    await page.assertCounts({ left: 1, requests: 1 });
    return '`script_other_environment`, the tag stays';
  },
  async 'two bundles on one page'(page) {
    await page.open();
    await page.browser.run((url) => window.loader.bothBundles(url), page.url);
    assert.deepEqual(await page.results(2), ['loaded', 'loaded']);
    await page.assertCounts({ tags: 1, left: 1, requests: 1 });
    return '1 tag, 1 request, both resolve';
  },
};

/** The page of one case. */
export class LoaderCase {
  constructor(scene) {
    this.scene = scene;
    this.env = scene.env;
    this.browser = scene.browser;
    this.script = scene.env.gateway;
    this.url = `${this.script.origin}/snap/snap.js`;
    this.started = 0;
  }

  async open({ head = '', policy } = {}) {
    this.env.instrumentation.page = { head, policy };
    this.started = 0;
    await this.browser.open(`${this.env.backend.origin}/faults/loader`);
    await until('page of the loader', () => this.browser.run(() => typeof window.loader === 'object'));
  }

  /** Starts `times` loads in parallel and returns their results. */
  async load({ times = 1, nonce, url = this.url, skip = true } = {}) {
    await this.browser.run((url, times, options) => window.loader.calls(url, times, options), url, times, nonce ? { nonce } : {});
    return this.results(times, skip);
  }

  async results(times, skip = true) {
    this.started += times;
    const { script } = this;
    const held = () => ({ scripts: script.held('headers') + script.held('body') });
    let seen;
    await until(() => `results of the loads; seen: ${JSON.stringify(seen)}`, async () => {
      seen = await this.browser.run((skip, held) => {
        const done = window.loader.results.every(Boolean);
        return { results: window.loader.results, done, time: done || !skip ? '' : window.faults.skipToNextTimer(held) };
      }, skip, held());
      return seen.done && seen.results.length === this.started;
    }, { timeout: 30_000, every: 20 });
    return seen.results.slice(-times).map(({ code }) => code);
  }

  /** The duration of the last load in milliseconds, by the page's own clock. */
  took() {
    return this.browser.run(() => window.loader.results.at(-1).took);
  }

  /** Checks the number of tags created, of tags left, and of requests. */
  async assertCounts({ tags, left, requests }) {
    const actual = await this.browser.run(() => ({ tags: window.faults.state.tags, left: window.loader.tags() }));
    const received = this.script.requests(isScript).length;
    if (tags !== undefined) assert.equal(actual.tags, tags, 'tags created');
    assert.equal(actual.left, left, 'tags left');
    if (requests !== undefined) assert.equal(received, requests, 'requests');
  }

  offline(offline) {
    const network_conditions = { offline, latency: 0, download_throughput: -1, upload_throughput: -1 };
    return this.browser.call('POST', '/chromium/network_conditions', { network_conditions });
  }
}
