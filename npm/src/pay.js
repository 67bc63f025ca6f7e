// One popup for one token, as a promise. The element offers more than the popup's callback.
import { failure, loadSnap } from './load-snap.js';

/** Opens the popup. Resolves to its first callback: a hint, never a proof of payment. */
export async function pay({ token, clientKey, environment, nonce, ...options }) {
  // Both at the same time, so that the customer waits only for the slower one.
  const [snap, payable] = await Promise.all([
    loadSnap({ clientKey, environment, nonce }),
    typeof token === 'function' ? token() : token,
  ]);
  return new Promise((resolve, reject) => {
    try {
      // All four callbacks: without one of them, Snap redirects the page instead.
      snap.pay(payable, {
        ...options,
        onSuccess: (result) => resolve({ type: 'success', result }),
        onPending: (result) => resolve({ type: 'pending', result }),
        onError: (result) => resolve({ type: 'error', result }),
        onClose: () => resolve({ type: 'close' }),
      });
    } catch (thrown) {
      const message = String(thrown?.message ?? thrown);
      const open = /state transition|not allowed to be called in this state/i.test(message);
      reject(failure(open ? 'popup_invalid_state' : 'popup_threw', `snap.pay failed: ${message}`, thrown));
    }
  });
}
