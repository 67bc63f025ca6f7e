// Invalid uses of the types. A missing compiler error is an error itself.
import { define, loadSnap, mount, pay } from 'snap-checkout';

const element = document.createElement('snap-checkout');
// @ts-expect-error no such gateway
element.environment = 'staging';
// @ts-expect-error without a scheme
element.environment = '127.0.0.1:8090';
// @ts-expect-error
element.language = 'fr';
// @ts-expect-error
element.mode = 'modal';
// @ts-expect-error read-only
element.phase = 'paid';
// @ts-expect-error read-only
element.code = null;
// @ts-expect-error an order is an object or a string
element.order = 7;
// @ts-expect-error
element.headers = { 'x-csrf': 1 };
// @ts-expect-error no such text
element.texts = { paid_detial: 'x' };
// @ts-expect-error without a token
element.checkout = { redirect_url: 'https://app.midtrans.com' };
// @ts-expect-error
element.disabled = 'yes';
// @ts-expect-error a key is text
element.clientKey = 1;
// @ts-expect-error no such member
element.serverKey = 'x';
// @ts-expect-error no parameters
element.pay('token');
// @ts-expect-error no result
element.pay().then((result) => result.type);
// @ts-expect-error the order is in detail.order
element.addEventListener('snap-paid', ({ detail }) => detail.order_id);
// @ts-expect-error a hint has no order
element.addEventListener('snap-success', ({ detail }) => detail.order);
// @ts-expect-error no such phase
element.phase === 'done';

// @ts-expect-error the environment has no default
mount('#here', { clientKey: 'k' });
// @ts-expect-error the key has no default
mount('#here', { environment: 'sandbox' });
// @ts-expect-error
mount(null, { clientKey: 'k', environment: 'sandbox' });
// @ts-expect-error misspelt
mount('#here', { clientKey: 'k', environment: 'sandbox', onPayed() {} });
// @ts-expect-error a handler gets the detail, not the event
mount('#here', { clientKey: 'k', environment: 'sandbox', onPaid: (event) => event.detail });

// @ts-expect-error
loadSnap({ clientKey: 'k' });
// @ts-expect-error
loadSnap({ clientKey: 'k', environment: 'live' });
// @ts-expect-error no token
pay({ clientKey: 'k', environment: 'sandbox' });
// @ts-expect-error
pay({ clientKey: 'k', environment: 'sandbox', token: 7 });
// @ts-expect-error the type 'close' has no result
pay({ clientKey: 'k', environment: 'sandbox', token: 't' }).then((result) => result.result);
loadSnap({ clientKey: 'k', environment: 'sandbox' }).then((snap) => {
  // @ts-expect-error an embed needs embedId
  snap.embed('t', {});
  // @ts-expect-error
  snap.pay();
  // @ts-expect-error
  snap.pay('t', { uiMode: 'big' });
});
// @ts-expect-error
define(7);
