// One popup for one token, as a promise. Who wants more than the popup's word uses the element.
import { loadSnap } from './snap.js';

/** Opens the popup. Resolves to its first word: a hint, never a proof of payment. */
export async function pay({ token, clientKey, environment, nonce, ...options }) {
  const [snap, paid] = await Promise.all([loadSnap({ clientKey, environment, nonce }), typeof token === 'function' ? token() : token]);
  return new Promise((resolve, reject) => {
    try {
      snap.pay(paid, {
        ...options,
        onSuccess: (result) => resolve({ type: 'success', result }),
        onPending: (result) => resolve({ type: 'pending', result }),
        onError: (result) => resolve({ type: 'error', result }),
        onClose: () => resolve({ type: 'close' }),
      });
    } catch (thrown) {
      reject(Object.assign(new Error(`snap.pay refused: ${thrown?.message ?? thrown}`, { cause: thrown }), { code: 'popup_threw' }));
    }
  });
}
