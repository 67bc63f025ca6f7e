// snap.js on the page, once, by the same loader as the element's.
import { load } from '../../src/effects/loader.js';

const GATEWAYS = { sandbox: 'https://app.sandbox.midtrans.com', production: 'https://app.midtrans.com' };
const ON_THIS_MACHINE = /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?\/?$/;

export const failure = (code, message, cause) => Object.assign(new Error(`snap-checkout: ${message}`, { cause }), { code });

/** Where it comes from: one of Midtrans' two, or a local one by its origin. */
export const gateway = (environment) => GATEWAYS[environment] ?? environment.replace(/\/$/, '');

/** Resolves to `window.snap`; rejects with an error that has a stable `code`, and calling again tries again. */
export async function loadSnap({ clientKey, environment, nonce }) {
  if (typeof clientKey !== 'string' || !clientKey.trim() || /mid-server/i.test(clientKey)) {
    throw failure('client_key_invalid', 'clientKey is to be the client key of Midtrans\' dashboard');
  }
  if (!Object.hasOwn(GATEWAYS, environment) && !ON_THIS_MACHINE.test(environment)) {
    throw failure('attribute_invalid', `environment is to be "sandbox", "production" or the origin of a gateway on this machine, not ${JSON.stringify(environment)}`);
  }
  const code = await load(`${gateway(environment)}/snap/snap.js`, clientKey, nonce);
  if (code) throw failure(code, 'snap.js cannot be had');
  return window.snap;
}
