// The page of the loader's columns: the loader of the product, twice as two bundles have it, and who calls it.
import * as one from '/faults/product.js';
import * as two from '/faults/product.js?bundle=2';

const ends = [];
window.loader = {
  ends,
  /** Begins a load; its end stands in `ends`. */
  call(url, { nonce, bundle = one } = {}) {
    const at = ends.push(null) - 1;
    const since = window.faults.lived();
    const over = (code) => { ends[at] = { code, took: Math.round(window.faults.lived() - since) }; };
    bundle.load(url, 'SB-Mid-client-loader', nonce).then((code) => over(code || 'there'), (thrown) => over(`threw ${thrown}`));
  },
  calls(url, times, how) { for (let left = times; left > 0; left -= 1) this.call(url, how); },
  bothBundles(url) { for (const bundle of [one, two]) this.call(url, { bundle }); },
  tags: () => document.querySelectorAll('script[src*="/snap/snap.js"]').length,
};
