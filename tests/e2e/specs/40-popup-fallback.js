import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { CHECKOUT, way } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('with the script blocked the hosted page takes the money', async ({ shop, gateway, browser }) => {
  await gateway.fault({ target: 'snap_js', fault: 'reset', times: 0 });
  await shop.fillCart();
  await browser.click(way('pay'));
  await shop.phase('failed');
  await browser.element(`${CHECKOUT} [role=alert][data-code]`);

  await browser.click(way('hosted'));
  await new Popup(shop, { hosted: true }).payByCard(CARDS.accepted);
  await shop.orderShows('paid');
  assert.ok((await browser.url()).startsWith(`${shop.origin}/order/`));
});

spec('the finish URL is not believed', async ({ shop, browser, stage }) => {
  const { order_id: id } = await stage.newOrder();
  await shop.open(`/order/${id}?order_id=${id}&status_code=200&transaction_status=settlement`);
  await browser.element('[data-testid=order]');
  await shop.orderShows('created');
  assert.ok(!(await browser.has('[data-testid=order][data-status=paid]')));
  assert.equal((await stage.order(id)).status, 'created');
});

spec('the plain form of the page leads to the hosted page, and back to a paid order', async ({ shop, browser }) => {
  const page = await (await fetch(shop.origin)).text();
  const form = /<form[^>]*action="?\/checkout"?[^>]*>(.*?)<\/form>/is.exec(page)?.[1];
  assert.ok(form, 'the page has no form for POST /checkout');
  const names = [...form.matchAll(/name="?([^" >]+)/g)].map((match) => match[1]);
  const quantity = names.find((name) => name.startsWith('quantity['));
  assert.ok(quantity, `the form offers no item: ${names}`);
  const key = /name="?key"? value="?([^" >]+)/.exec(form)?.[1];
  const fields = new URLSearchParams({ key, [quantity]: '2', name: 'Sari', email: '', phone: '' });
  const answer = await fetch(`${shop.origin}/checkout`, { method: 'POST', body: fields, redirect: 'manual' });
  assert.equal(answer.status, 303);

  await browser.open(answer.headers.get('location'));
  await new Popup(shop, { hosted: true }).payByCard(CARDS.accepted);
  await shop.orderShows('paid');
});

spec('a browser without script orders by the form and pays on the hosted page', async ({ shop, gateway, browser, stage }) => {
  await browser.cdp('Emulation.setScriptExecutionDisabled', { value: true });
  const [item] = await stage.items();
  await shop.open();
  await browser.fill(`form [name="quantity[${item.id}]"]`, '1');
  await browser.fill('form [name=name]', 'Sari Wulandari');
  await browser.click('form[action="/checkout"] button[type=submit]');
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  // The gateway's page, like Midtrans' own, does need script.
  await browser.cdp('Emulation.setScriptExecutionDisabled', { value: false });
  await browser.reload();
  await new Popup(shop, { hosted: true }).payByCard(CARDS.accepted);
  await shop.orderShows('paid');
}, { engines: ['chromium'] }); // The others' drivers cannot switch scripts off and still look at the page.
