// <snap-checkout> in templates of Vue 3, as its compiler checks it.
import type { GlobalComponents } from 'vue';
import type {} from 'snap-checkout/vue';

type Props = InstanceType<GlobalComponents['snap-checkout']>['$props'];
export const valid: Props = { clientKey: 'k', environment: 'sandbox', class: 'pay', order: {}, onSnapPaid: (event) => event.detail.order.order_id };
// @ts-expect-error no such gateway
export const invalid: Props = { environment: 'staging' };
// @ts-expect-error the order is in detail.order
export const listener: Props = { onSnapPaid: (event) => event.detail.order_id };
