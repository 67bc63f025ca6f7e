// The page of the loader tests. It imports the product's loader twice, as two bundles do, and records the results.
import * as first from '/faults/product.js';
import * as second from '/faults/product.js?bundle=2';

const results = [];
window.loader = {
  results,
  /** Starts a load; its result appears in `results`. */
  call(url, { nonce, bundle = first } = {}) {
    const at = results.push(null) - 1;
    const startedAt = window.faults.elapsed();
    const finish = (code) => { results[at] = { code, took: Math.round(window.faults.elapsed() - startedAt) }; };
    bundle.load(url, 'SB-Mid-client-loader', nonce).then((code) => finish(code || 'loaded'), (thrown) => finish(`threw ${thrown}`));
  },
  calls(url, times, options) { for (let left = times; left > 0; left -= 1) this.call(url, options); },
  bothBundles(url) { for (const bundle of [first, second]) this.call(url, { bundle }); },
  tags: () => document.querySelectorAll('script[src*="/snap/snap.js"]').length,
};
