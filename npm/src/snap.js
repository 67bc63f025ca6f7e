// snap.js on the page, once, by the same loader as the element's.
import { load } from '../../src/browser/dom.js';

const GATEWAYS = { sandbox: 'https://app.sandbox.midtrans.com', production: 'https://app.midtrans.com' };

/** Where it comes from: one of Midtrans' two, or a local one by its origin. */
export const gateway = (environment) => GATEWAYS[environment] ?? environment.replace(/\/$/, '');

/** Resolves to `window.snap`; rejects with an error that has a stable `code`, and calling again tries again. */
export async function loadSnap({ clientKey, environment, nonce }) {
  const code = await load(`${gateway(environment)}/snap/snap.js`, clientKey, nonce);
  if (code) throw Object.assign(new Error(`snap.js cannot be had: ${code}`), { code });
  return window.snap;
}
