// A shop as it is written in PHP: the server renders each page, forms are posted and answered with a redirect,
// a hidden field keeps other sites from posting. In Node, so that the tests need no PHP.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { bodyOf, send } from '../../lib/http.js';
import { cartPage, orderPage, refusal } from './templates.js';

const sessions = new Map();

/** /hosts/php/: the cart; POST buy: an order; order/ID: its page; POST order/ID/hosted: to Midtrans' page. */
export async function renderShop(hosts, ask, answer, url) {
  const session = sessionOf(ask, answer);
  const [, , , page = '', id, action] = url.pathname.split('/');
  const form = ask.method === 'POST' ? new URLSearchParams(await bodyOf(ask)) : null;
  if (form && !same(form.get('_csrf'), session.csrf)) return send(answer, 419, 'text/html; charset=utf-8', refusal());
  const shop = await hosts.merchantSays('GET', '/api/shop');

  if (form && page === 'buy') {
    const items = shop.items.map(({ id: item }) => ({ id: item, quantity: Number(form.get(`quantity[${item}]`)) }))
      .filter(({ quantity }) => quantity > 0);
    session.checkout = await hosts.merchantSays('POST', '/api/orders', { items });
    return redirect(answer, `/hosts/php/order/${session.checkout.order_id}`);
  }
  if (page === 'order' && session.checkout?.order_id === id) {
    if (form && action === 'hosted') return redirect(answer, session.checkout.redirect_url);
    const order = await hosts.merchantSays('GET', `/api/orders/${id}`);
    return hosts.page(answer, orderPage({ order, csrf: session.csrf }), url);
  }
  return hosts.page(answer, cartPage({ items: shop.items.slice(0, 2), csrf: session.csrf }), url);
}

function sessionOf(ask, answer) {
  const id = /(?:^|; )PHPSESSID=(\w+)/.exec(ask.headers.cookie ?? '')?.[1];
  if (sessions.has(id)) return sessions.get(id);
  const [fresh, session] = [randomBytes(16).toString('hex'), { csrf: randomBytes(16).toString('hex') }];
  sessions.set(fresh, session);
  answer.setHeader('set-cookie', `PHPSESSID=${fresh}; Path=/hosts/php; HttpOnly; SameSite=Lax`);
  return session;
}

function same(given, wanted) {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function redirect(answer, location) {
  answer.setHeader('location', location);
  send(answer, 303);
}
