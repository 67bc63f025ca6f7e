// A mock backend in this page. It responds to requests below /playground/shop/, so nothing uses the network.

const json = (body, status = 200, headers = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const PREFIX = '/playground/shop/';

/** The element only links to pages of the gateway. On a local machine this page's origin counts as one. */
const isLocal = /^(localhost|127\.|\[::1\])/.test(location.hostname);
export const ENVIRONMENT = isLocal ? location.origin : 'sandbox';
const HOSTED = isLocal ? `${location.origin}/playground/gallery.html` : 'https://app.sandbox.midtrans.com/snap/v4/redirection/playground';

const ITEMS = [{ id: 'kopi-gayo-250g', name: 'Kopi Gayo Aceh 250 g', price: 89_000, quantity: 2 }];

/** The order of a state, as the order endpoint returns it. */
export function order(state, { status = 'created', payment, ...more } = {}) {
  return { order_id: `playground-${state}`, status, gross_amount: 178_000, items: ITEMS, payment, version: 1, now: new Date().toISOString(), ...more };
}

/** The checkout of a state, as the token endpoint returns it. */
export function checkout(state, { status_url = `${PREFIX}${state}/order`, ...more } = {}) {
  return { token: `playground-${state}`, redirect_url: HOSTED, order_id: `playground-${state}`, gross_amount: 178_000, status_url, ...more };
}

export const tokenUrl = (state) => `${PREFIX}${state}/token`;

/** Replaces `fetch` for the states' URLs. Each state may define `token()` and `order()`. */
export function install(states) {
  const realFetch = globalThis.fetch;
  globalThis.fetch = async (...args) => {
    const { pathname } = new URL(args[0].url ?? args[0], location.href);
    if (!pathname.startsWith(PREFIX)) return realFetch(...args);
    const [name, endpoint] = pathname.slice(PREFIX.length).split('/');
    const state = states[name];
    if (endpoint === 'token') return state.token ? state.token() : json(checkout(name), 201);
    return json(state.order ? state.order() : order(name));
  };
}

export const rejects = (status, code) => () => json({ error: { code, message: 'Simulated by the playground.' } }, status);
export const responds = (body, status = 201) => () => json(body, status);
/** A request that never gets a response. */
export const neverResponds = () => new Promise(() => {});
export const fails = () => Promise.reject(new TypeError('connection lost'));
