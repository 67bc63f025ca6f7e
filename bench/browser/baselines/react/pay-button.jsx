import { useRef, useState } from 'react';
import { MidtransSnap, isCancel } from 'midtrans-snap';

const rupiah = new Intl.NumberFormat('id', { style: 'currency', currency: 'IDR', maximumFractionDigits: 0 });
const LABELS = { idle: 'Bayar', busy: 'Menyiapkan…', open: 'Pembayaran terbuka' };
const MESSAGES = {
  paid: 'Pembayaran diterima.',
  pending: 'Menunggu pembayaran.',
  closed: 'Jendela pembayaran ditutup. Anda bisa melanjutkan.',
  failed: 'Pembayaran belum bisa dibuka. Silakan coba lagi.',
};

async function fetchToken(url, order) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });
  if (!response.ok) throw new Error(`token: ${response.status}`);
  return (await response.json()).token;
}

export function PayButton({ clientKey, environment, tokenUrl, order, amount }) {
  const [state, setState] = useState('idle');
  const [message, setMessage] = useState(null);
  const snap = useRef(null);
  const busy = state !== 'idle';

  async function pay() {
    if (busy) return;
    setState('busy');
    setMessage(null);
    try {
      snap.current ??= new MidtransSnap(clientKey, environment);
      const token = await fetchToken(tokenUrl, order);
      const paying = snap.current.pay(token, { language: 'id' });
      setState('open');
      const result = await paying;
      setMessage(result.transaction_status === 'pending' ? 'pending' : 'paid');
    } catch (error) {
      setMessage(isCancel(error) ? 'closed' : 'failed');
    } finally {
      setState('idle');
    }
  }

  return (
    <section className="checkout" aria-busy={busy}>
      <p role="status">{message && message !== 'failed' ? MESSAGES[message] : ''}</p>
      {message === 'failed' && <p role="alert">{MESSAGES.failed}</p>}
      <button type="button" className="checkout__pay" aria-disabled={busy} onClick={pay}>
        {state === 'idle' ? `${LABELS.idle} ${rupiah.format(amount)}` : LABELS[state]}
      </button>
    </section>
  );
}
