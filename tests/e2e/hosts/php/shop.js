// A server-rendered page as in PHP: forms are posted, the server redirects, and a hidden field holds a CSRF token.
// It is written for Node.js, so the tests need no PHP.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { bodyOf, send } from '../../lib/http.js';
import { cartPage, orderPage, csrfErrorPage } from './templates.js';

const sessions = new Map();

/** Routes below /hosts/php/: the cart; POST buy creates an order; order/ID shows it; POST order/ID/hosted redirects to Midtrans. */
export async function renderShop(hosts, request, response, url) {
  const session = sessionOf(request, response);
  const [, , , page = '', id, action] = url.pathname.split('/');
  const form = request.method === 'POST' ? new URLSearchParams(await bodyOf(request)) : null;
  if (form && !isEqual(form.get('_csrf'), session.csrf)) return send(response, 419, 'text/html; charset=utf-8', csrfErrorPage());
  const shop = await hosts.callBackend('GET', '/api/shop');

  if (form && page === 'buy') {
    const items = shop.items.map(({ id: item }) => ({ id: item, quantity: Number(form.get(`quantity[${item}]`)) }))
      .filter(({ quantity }) => quantity > 0);
    session.checkout = await hosts.callBackend('POST', '/api/orders', { items });
    return redirect(response, `/hosts/php/order/${session.checkout.order_id}`);
  }
  if (page === 'order' && session.checkout?.order_id === id) {
    if (form && action === 'hosted') return redirect(response, session.checkout.redirect_url);
    const order = await hosts.callBackend('GET', `/api/orders/${id}`);
    return hosts.page(response, orderPage({ order, csrf: session.csrf }), url);
  }
  return hosts.page(response, cartPage({ items: shop.items.slice(0, 2), csrf: session.csrf }), url);
}

function sessionOf(request, response) {
  const id = /(?:^|; )PHPSESSID=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  if (sessions.has(id)) return sessions.get(id);
  const [fresh, session] = [randomBytes(16).toString('hex'), { csrf: randomBytes(16).toString('hex') }];
  sessions.set(fresh, session);
  response.setHeader('set-cookie', `PHPSESSID=${fresh}; Path=/hosts/php; HttpOnly; SameSite=Lax`);
  return session;
}

function isEqual(actual, expected) {
  const [a, b] = [Buffer.from(actual ?? ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function redirect(response, location) {
  response.setHeader('location', location);
  send(response, 303);
}
