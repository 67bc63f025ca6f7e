// Valid uses of the types. Compiled by several versions of TypeScript, never run.
import { define, loadSnap, mount, pay } from 'snap-checkout';
import type { MountOptions, Order, PayResult, Phase, SnapCheckoutElement, SnapCheckoutError } from 'snap-checkout';
import 'snap-checkout/define';
import 'snap-checkout/script';

define();
define('shop-checkout');

// The element.
const element = document.createElement('snap-checkout');
const same: SnapCheckoutElement = element;
const found: SnapCheckoutElement | null = document.querySelector('snap-checkout');
element.clientKey = 'SB-Mid-client-x';
element.environment = 'sandbox';
element.environment = 'http://127.0.0.1:8090';
element.order = { items: [{ id: 'kopi', quantity: 1 }] };
element.order = '{"items":[]}';
element.amount = 150000;
element.amount = '150000';
element.headers = { 'x-csrf': 'abc' };
element.texts = { pay: 'Bayar' };
element.checkout = { token: 't', redirect_url: 'https://app.midtrans.com/snap/v4/redirection/t' };
element.enabledPayments = ['gopay', 'bca_va'];
element.disabled = true;
element.nonce = 'n';
element.clientKey = undefined;
const phase: Phase = element.phase;
const code: string | null = element.code;
const paying: Promise<void> = element.pay();
element.prepare().then(() => element.reset());

// Its events, on every target.
element.addEventListener('snap-paid', (event) => { const order: Order = event.detail.order; order.status === 'paid'; });
document.addEventListener('snap-phase', ({ detail }) => { const current: Phase = detail.phase; const currentCode: string | null = detail.code; });
window.addEventListener('snap-fault', ({ detail: { code, message, url } }) => console.error(code.length, message.length, url.length));
document.body.addEventListener('snap-success', ({ detail }) => detail.result.transaction_id?.length);
element.addEventListener('snap-progress', ({ detail: { loaded, total } }) => loaded / total);
element.addEventListener('click', (event) => event.clientX);

// Functions.
const options: MountOptions = { clientKey: 'k', environment: 'production', onPaid: ({ order }) => order.order_id.length, onPhase() {} };
const mounted = mount('#here', options);
mounted.update({ amount: 2, onPaid: undefined });
mounted.pay().catch((error: SnapCheckoutError) => error.code.length);
mounted.element.reset();
mounted.destroy();
mount(document.body, { clientKey: 'k', environment: 'sandbox', language: 'en', mode: 'embed', theme: 'dark' });

loadSnap({ clientKey: 'k', environment: 'sandbox', nonce: undefined }).then((snap) => {
  snap.pay('t');
  snap.pay('t', { language: 'en', uiMode: 'qr', onSuccess: (result) => result.status_code, onClose: () => {} });
  snap.embed('t', { embedId: 'box' });
  snap.show();
  snap.hide();
});
pay({ clientKey: 'k', environment: 'sandbox', token: 't' });
pay({ clientKey: 'k', environment: 'sandbox', token: async () => 't', selectedPaymentType: 'gopay' }).then((result: PayResult) => {
  switch (result.type) {
    case 'close': return undefined;
    case 'success': case 'pending': case 'error': return result.result.order_id;
    default: { const never: never = result; return never; }
  }
});
export { code, found, phase, paying, same };
