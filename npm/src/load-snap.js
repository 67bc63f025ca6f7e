// Loads snap.js with the loader of the element.
import { load } from '../../src/effects/loader.js';

const GATEWAYS = { sandbox: 'https://app.sandbox.midtrans.com', production: 'https://app.midtrans.com' };
const LOOPBACK_ORIGIN = /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?\/?$/;

export const failure = (code, message, cause) => Object.assign(new Error(`snap-checkout: ${message}`, { cause }), { code });

/** The gateway's origin: Midtrans' sandbox or production, or a gateway on this machine. */
export const gateway = (environment) => GATEWAYS[environment] ?? environment.replace(/\/$/, '');

/** Resolves to `window.snap`. Rejects with an error that has a stable `code`; another call retries. */
export async function loadSnap({ clientKey, environment, nonce }) {
  if (typeof clientKey !== 'string' || !clientKey.trim() || /mid-server/i.test(clientKey)) {
    throw failure('client_key_invalid', 'clientKey must be the client key in Midtrans\' dashboard');
  }
  if (!Object.hasOwn(GATEWAYS, environment) && !LOOPBACK_ORIGIN.test(environment)) {
    throw failure('attribute_invalid', `environment must be "sandbox", "production" or the origin of a gateway on this machine, not ${JSON.stringify(environment)}`);
  }
  const code = await load(`${gateway(environment)}/snap/snap.js`, clientKey, nonce);
  if (code) throw failure(code, 'snap.js could not be loaded');
  return window.snap;
}
