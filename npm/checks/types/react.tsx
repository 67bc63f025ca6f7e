// <snap-checkout> in JSX of React 19.
import type {} from 'snap-checkout/react';

export const valid = (
  <snap-checkout className="pay" id="a" clientKey="k" environment="sandbox" order={{ items: [] }} amount={150000} disabled={false}
    ref={(element) => { element?.pay(); }} onsnap-paid={(event) => event.detail.order.order_id} onsnap-fault={({ detail }) => detail.code}>
    <a href="/pay">Pay</a>
  </snap-checkout>
);
export const attributes = <snap-checkout client-key="k" environment="production" token-url="/api/orders" />;
// @ts-expect-error no such gateway
export const invalid = <snap-checkout clientKey="k" environment="staging" />;
// @ts-expect-error the order is in detail.order
export const listener = <snap-checkout onsnap-paid={(event) => event.detail.order_id} />;
// @ts-expect-error misspelt
export const misspelt = <snap-checkout clientkey="k" />;
