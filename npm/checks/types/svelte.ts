// <snap-checkout> in templates of Svelte 5, as its compiler checks it.
import type { SvelteHTMLElements } from 'svelte/elements';
import type {} from 'snap-checkout/svelte';

type Props = SvelteHTMLElements['snap-checkout'];
export const valid: Props = { clientKey: 'k', environment: 'sandbox', class: 'pay', order: {}, 'onsnap-paid': (event) => event.detail.order.order_id };
// @ts-expect-error no such gateway
export const invalid: Props = { environment: 'staging' };
// @ts-expect-error the order is in detail.order
export const listener: Props = { 'onsnap-paid': (event) => event.detail.order_id };
