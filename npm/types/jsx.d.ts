// What frameworks let a template set, whichever they are.
import type { SnapCheckoutEventMap, SnapCheckoutProperties } from './index.js';

/** The attributes, as HTML spells them. */
export interface SnapCheckoutAttributes {
  'client-key'?: string | undefined;
  'token-url'?: string | undefined;
  'order-key'?: string | undefined;
  'prepare-on-intent'?: boolean | '' | undefined;
  'selected-payment-type'?: string | undefined;
  'enabled-payments'?: string | undefined;
  'ui-mode'?: 'deeplink' | 'qr' | 'auto' | undefined;
  'auto-close-delay'?: number | string | undefined;
  'skip-order-summary'?: boolean | '' | undefined;
}

/** `onsnap-paid` and the like, as React 19 and Svelte 5 spell listeners. */
export type SnapCheckoutListeners = {
  [Name in keyof SnapCheckoutEventMap as `on${Name}`]?: ((event: SnapCheckoutEventMap[Name]) => void) | undefined;
};

export type SnapCheckoutTemplate = SnapCheckoutProperties & SnapCheckoutAttributes & SnapCheckoutListeners;
