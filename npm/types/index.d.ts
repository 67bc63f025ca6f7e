// Types of the package. Written by hand, held by npm/checks/.

/** Which gateway; there is no default. An address is that of a gateway on this machine, `http://127.0.0.1:8090`. */
export type Environment = 'sandbox' | 'production' | `http://${string}` | `https://${string}`;

export type Language = 'id' | 'en';

/** Where a checkout stands. */
export type Phase =
  | 'idle' | 'preparing' | 'ready' | 'opening' | 'open' | 'closed' | 'confirming' | 'pending' | 'failed' | 'handed-over'
  | 'paid' | 'ended' | 'reported';

/** The names of our texts; docs/theming.md in the repository has what they say. */
export type TextName =
  | 'pay' | 'pay_amount' | 'resume' | 'retry' | 'restart' | 'hosted' | 'check' | 'checking' | 'close' | 'reopen' | 'copy' | 'copied' | 'copied_said'
  | 'copy_failed' | 'pdf' | 'amount' | 'pay_before' | 'virtual_account' | 'payment_code' | 'bill_key' | 'biller_code' | 'time_is_over' | 'qr'
  | 'reference' | 'secured' | 'local' | 'sandbox' | 'how' | 'open_bank' | 'your_bank' | 'or_atm' | 'choose' | 'then_number' | 'then_bill'
  | 'check_and_pay' | 'go_to_till' | 'show_code' | 'keep_receipt' | 'open_wallet' | 'scan_here' | 'scan_there' | 'check_and_pin' | 'preparing'
  | 'preparing_detail' | 'slow' | 'slow_detail' | 'opening' | 'opening_detail' | 'open' | 'open_detail' | 'open_here' | 'open_here_detail' | 'closed'
  | 'closed_detail' | 'confirming' | 'confirming_detail' | 'unconfirmed' | 'unconfirmed_detail' | 'asking' | 'asking_detail' | 'pending'
  | 'pending_detail' | 'pending_wallet' | 'pending_wallet_detail' | 'pending_rested' | 'pending_rested_detail' | 'review' | 'review_detail'
  | 'handed_over' | 'handed_over_detail' | 'paid' | 'paid_detail' | 'reported' | 'reported_detail' | 'expired' | 'expired_detail' | 'cancelled'
  | 'cancelled_detail' | 'refunded' | 'refunded_detail' | 'charged_back' | 'charged_back_detail' | 'reversed' | 'reversed_detail' | 'offline'
  | 'offline_detail' | 'no_popup' | 'no_popup_detail' | 'no_popup_hosted' | 'no_popup_hosted_detail' | 'unavailable' | 'unavailable_detail'
  | 'refused' | 'refused_detail' | 'already_paying' | 'already_paying_detail' | 'misconfigured' | 'misconfigured_detail' | 'declined'
  | 'declined_detail';

/** An order as the merchant's backend knows it. Words and members may be added. */
export interface Order {
  order_id: string;
  status: 'created' | 'pending' | 'review' | 'paid' | 'denied' | 'expired' | 'cancelled' | 'partially_refunded' | 'refunded' | 'charged_back' | 'reversed' | (string & {});
  /** Whole rupiah. */
  gross_amount?: number;
  items?: Array<{ id: string; name: string; price: number; quantity: number }>;
  payment?: {
    payment_type: string;
    provider?: string;
    code?: string;
    biller_code?: string;
    pdf_url?: string;
    qr_url?: string;
    /** RFC 3339 */
    expires_at?: string;
  };
  refunded_amount?: number;
  version?: number;
  /** RFC 3339 */
  now?: string;
}

/** What the token URL answers. */
export interface Checkout {
  token: string;
  redirect_url?: string;
  order_id?: string;
  gross_amount?: number;
  status_url?: string;
  events_url?: string;
}

/** What a callback of Snap is given. A hint: only the backend knows what was paid. */
export interface SnapResult {
  status_code?: string;
  status_message?: string | string[];
  transaction_id?: string;
  order_id?: string;
  gross_amount?: string;
  payment_type?: string;
  transaction_time?: string;
  transaction_status?: string;
  fraud_status?: string;
  masked_card?: string;
  approval_code?: string;
  bank?: string;
  card_type?: string;
  bill_key?: string;
  biller_code?: string;
  va_numbers?: Array<{ bank: string; va_number: string }>;
  permata_va_number?: string;
  bca_va_number?: string;
  payment_code?: string;
  pdf_url?: string | null;
  finish_redirect_url?: string;
  [more: string]: unknown;
}

/** Options of `snap.pay` and `snap.embed`. <https://docs.midtrans.com/reference/snap-js> */
export interface SnapOptions {
  language?: Language | undefined;
  selectedPaymentType?: string | undefined;
  enabledPayments?: string[] | undefined;
  uiMode?: 'deeplink' | 'qr' | 'auto' | undefined;
  /** Seconds; 0 never. */
  autoCloseDelay?: number | undefined;
  skipOrderSummary?: boolean | undefined;
}

export interface SnapCallbacks {
  onSuccess?: ((result: SnapResult) => void) | undefined;
  onPending?: ((result: SnapResult) => void) | undefined;
  onError?: ((result: SnapResult) => void) | undefined;
  onClose?: (() => void) | undefined;
}

/** `window.snap` */
export interface Snap {
  pay(token: string, options?: SnapOptions & SnapCallbacks): void;
  embed(token: string, options: SnapOptions & SnapCallbacks & { embedId: string }): void;
  show(): void;
  hide(): void;
}

/** What a page sets on the element, by the names of its properties. */
export interface SnapCheckoutProperties {
  /** The client key. A server key is refused. */
  clientKey?: string | undefined;
  environment?: Environment | undefined;
  /** Where tokens come from; default `/api/orders`. */
  tokenUrl?: string | undefined;
  /** What is posted there: JSON as text, or what becomes JSON. */
  order?: string | object | undefined;
  /** What makes it the same order after a reload; by default the order itself. */
  orderKey?: string | undefined;
  /** Default: the nearest `lang` when it is English, else Indonesian. */
  language?: Language | undefined;
  mode?: 'auto' | 'popup' | 'embed' | 'redirect' | undefined;
  /** Whole rupiah, shown on the button. The backend prices the order all the same. */
  amount?: number | string | undefined;
  credentials?: 'same-origin' | 'include' | 'omit' | undefined;
  prepareOnIntent?: boolean | undefined;
  disabled?: boolean | undefined;
  theme?: 'auto' | 'light' | 'dark' | undefined;
  selectedPaymentType?: string | undefined;
  enabledPayments?: string[] | string | undefined;
  uiMode?: 'deeplink' | 'qr' | 'auto' | undefined;
  /** Seconds; 0 never. */
  autoCloseDelay?: number | string | undefined;
  skipOrderSummary?: boolean | undefined;
  /** Further headers of the token request. */
  headers?: Record<string, string> | undefined;
  /** For the tag of snap.js, where the page's policy asks for one. */
  nonce?: string | undefined;
  /** Texts in place of ours, by their keys. */
  texts?: { [Name in TextName]?: string } | undefined;
  /** An order's checkout that the page already has. */
  checkout?: Checkout | undefined;
}

export interface SnapPhaseDetail { phase: Phase; /** Why, when it failed. */ code: string | null }
export interface SnapPaidDetail { order: Order }
export interface SnapHintDetail { result: SnapResult }
export interface SnapProgressDetail { loaded: number; total: number }
export interface SnapFaultDetail {
  code: 'attribute_missing' | 'attribute_invalid' | 'module_missing' | 'module_unsupported' | 'module_panicked' | (string & {});
  message: string;
  /** Where it is explained, relative to the package. */
  url: string;
}

/** The element's own events. They bubble, also out of shadow roots. */
export interface SnapCheckoutEventMap {
  'snap-phase': CustomEvent<SnapPhaseDetail>;
  /** The merchant's backend says paid: the only one to act upon. */
  'snap-paid': CustomEvent<SnapPaidDetail>;
  'snap-success': CustomEvent<SnapHintDetail>;
  'snap-pending': CustomEvent<SnapHintDetail>;
  'snap-error': CustomEvent<SnapHintDetail>;
  'snap-close': CustomEvent<Record<string, never>>;
  'snap-progress': CustomEvent<SnapProgressDetail>;
  'snap-fault': CustomEvent<SnapFaultDetail>;
}

export interface SnapCheckoutElement extends HTMLElement, SnapCheckoutProperties {
  nonce: string;
  readonly phase: Phase;
  /** Why it failed. */
  readonly code: string | null;
  /** Makes the token ahead of the press. Rejects when the program cannot be had. */
  prepare(): Promise<void>;
  /** As if the customer pressed. Resolves once it is pressed; what comes of it, the events tell. */
  pay(): Promise<void>;
  /** Begins anew. */
  reset(): void;
}

export interface SnapCheckoutHandlers {
  onPhase?: ((detail: SnapPhaseDetail) => void) | undefined;
  onPaid?: ((detail: SnapPaidDetail) => void) | undefined;
  onSuccess?: ((detail: SnapHintDetail) => void) | undefined;
  onPending?: ((detail: SnapHintDetail) => void) | undefined;
  onError?: ((detail: SnapHintDetail) => void) | undefined;
  onClose?: ((detail: Record<string, never>) => void) | undefined;
  onProgress?: ((detail: SnapProgressDetail) => void) | undefined;
  onFault?: ((detail: SnapFaultDetail) => void) | undefined;
}

export type MountOptions = SnapCheckoutProperties & SnapCheckoutHandlers & { clientKey: string; environment: Environment };

export interface MountedCheckout {
  readonly element: SnapCheckoutElement;
  /** Sets what is given, keeps the rest; a payment that runs goes on with what it began with. */
  update(options: Partial<MountOptions>): void;
  pay(): Promise<void>;
  prepare(): Promise<void>;
  reset(): void;
  destroy(): void;
}

export interface LoadSnapOptions { clientKey: string; environment: Environment; nonce?: string | undefined }

export type PayOptions = LoadSnapOptions & SnapOptions & {
  /** The token, or what asks the backend for one. It runs while snap.js loads. */
  token: string | (() => string | Promise<string>);
};

/** The popup's first word. A hint, never a proof of payment. */
export type PayResult =
  | { type: 'success' | 'pending' | 'error'; result: SnapResult }
  | { type: 'close' };

/** What functions reject with: a stable code, explained in docs/errors.md. */
export interface SnapCheckoutError extends Error { code: string }

/** Registers the element, unless the page has one by that name. On a server it does nothing. */
export function define(name?: string): void;

/** Puts snap.js on the page, once. Rejects with a {@link SnapCheckoutError}; calling again tries again. */
export function loadSnap(options: LoadSnapOptions): Promise<Snap>;

/** Opens the popup for a token. Rejects with a {@link SnapCheckoutError} when it cannot be opened. */
export function pay(options: PayOptions): Promise<PayResult>;

/** Puts a checkout into an element, or into the first one that a selector finds. */
export function mount(target: Element | string, options: MountOptions): MountedCheckout;

declare global {
  interface HTMLElementTagNameMap { 'snap-checkout': SnapCheckoutElement }
  interface GlobalEventHandlersEventMap extends SnapCheckoutEventMap {}
}
