import assert from 'node:assert/strict';
import { CARDS, Popup } from '../lib/payment-popup.js';
import { until } from '../lib/process.js';
import { CHECKOUT, actionButton } from '../lib/storefront-page.js';
import { spec } from '../lib/runner.js';

spec('when the script is blocked the customer pays on the hosted page', async ({ storefront, gateway, browser }) => {
  await gateway.planFault({ target: 'snap_js', fault: 'reset', times: 0 });
  await storefront.fillCart();
  await browser.click(actionButton('pay'));
  await storefront.waitForPhase('failed');
  await browser.element(`${CHECKOUT} [role=alert][data-code]`);

  await browser.click(actionButton('hosted'));
  await new Popup(storefront, { hosted: true }).payByCard(CARDS.accepted);
  await storefront.waitForOrderStatus('paid');
  assert.ok((await browser.url()).startsWith(`${storefront.origin}/order/`));
});

spec('the finish URL does not change the order status', async ({ storefront, browser, services }) => {
  const { order_id: id } = await services.newOrder();
  await storefront.open(`/order/${id}?order_id=${id}&status_code=200&transaction_status=settlement`);
  await browser.element('[data-testid=order]');
  await storefront.waitForOrderStatus('created');
  assert.ok(!(await browser.has('[data-testid=order][data-status=paid]')));
  assert.equal((await services.order(id)).status, 'created');
});

spec('the page\'s plain form leads to the hosted page and back to a paid order', async ({ storefront, browser }) => {
  const page = await (await fetch(storefront.origin)).text();
  const form = /<form[^>]*action="?\/checkout"?[^>]*>(.*?)<\/form>/is.exec(page)?.[1];
  assert.ok(form, 'no form for POST /checkout');
  const fieldNames = [...form.matchAll(/name="?([^" >]+)/g)].map((match) => match[1]);
  const quantity = fieldNames.find((name) => name.startsWith('quantity['));
  assert.ok(quantity, `no quantity field: ${fieldNames}`);
  const key = /name="?key"? value="?([^" >]+)/.exec(form)?.[1];
  const fields = new URLSearchParams({ key, [quantity]: '2', name: 'Sari', email: '', phone: '' });
  const response = await fetch(`${storefront.origin}/checkout`, { method: 'POST', body: fields, redirect: 'manual' });
  assert.equal(response.status, 303);

  await browser.open(response.headers.get('location'));
  await new Popup(storefront, { hosted: true }).payByCard(CARDS.accepted);
  await storefront.waitForOrderStatus('paid');
});

spec('without JavaScript the customer orders by the form and pays on the hosted page', async ({ storefront, gateway, browser, services }) => {
  await browser.cdp('Emulation.setScriptExecutionDisabled', { value: true });
  const [item] = await services.items();
  await storefront.open();
  await browser.fill(`form [name="quantity[${item.id}]"]`, '1');
  await browser.fill('form [name=name]', 'Sari Wulandari');
  await browser.click('form[action="/checkout"] button[type=submit]');
  await until('hosted page', async () => (await browser.url()).startsWith(gateway.origin));
  // The gateway's page needs JavaScript, like Midtrans' own.
  await browser.cdp('Emulation.setScriptExecutionDisabled', { value: false });
  await browser.reload();
  await new Popup(storefront, { hosted: true }).payByCard(CARDS.accepted);
  await storefront.waitForOrderStatus('paid');
}, { engines: ['chromium'] }); // The other drivers cannot disable JavaScript and still inspect the page.
