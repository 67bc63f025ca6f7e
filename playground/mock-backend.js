// A shop made up in this page: it answers what the element asks below /playground/shop/, and nothing leaves.

const json = (body, status = 200, headers = {}) =>
  new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
const PREFIX = '/playground/shop/';

/** Only a gateway's own pages are offered to customers: on this machine this page stands for it. */
const here = /^(localhost|127\.|\[::1\])/.test(location.hostname);
export const ENVIRONMENT = here ? location.origin : 'sandbox';
const HOSTED = here ? `${location.origin}/playground/gallery.html` : 'https://app.sandbox.midtrans.com/snap/v4/redirection/playground';

const ITEMS = [{ id: 'kopi-gayo-250g', name: 'Kopi Gayo Aceh 250 g', price: 89_000, quantity: 2 }];

/** How an order of this state stands. */
export function order(state, { status = 'created', payment, ...more } = {}) {
  return { order_id: `playground-${state}`, status, gross_amount: 178_000, items: ITEMS, payment, version: 1, now: new Date().toISOString(), ...more };
}

/** What the token URL of this state answers. */
export function checkout(state, { status_url = `${PREFIX}${state}/order`, ...more } = {}) {
  return { token: `playground-${state}`, redirect_url: HOSTED, order_id: `playground-${state}`, gross_amount: 178_000, status_url, ...more };
}

export const tokenUrl = (state) => `${PREFIX}${state}/token`;

/** Takes over `fetch` for the states' own addresses. Each of `states` may say `token()` and `order()`. */
export function open(states) {
  const send = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    const { pathname } = new URL(asked[0].url ?? asked[0], location.href);
    if (!pathname.startsWith(PREFIX)) return send(...asked);
    const [name, what] = pathname.slice(PREFIX.length).split('/');
    const state = states[name];
    if (what === 'token') return state.token ? state.token() : json(checkout(name), 201);
    return json(state.order ? state.order() : order(name));
  };
}

export const refuses = (status, code) => () => json({ error: { code, message: 'Made up in this page.' } }, status);
export const answers = (body, status = 201) => () => json(body, status);
/** Waits for ever, as far as the element can tell. */
export const hangs = () => new Promise(() => {});
export const breaks = () => Promise.reject(new TypeError('the connection broke'));
