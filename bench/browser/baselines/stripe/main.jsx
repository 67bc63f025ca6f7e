// The size baseline: React with Stripe's own packages and a button with its states. Only its size is measured, because
// it would load Stripe's script from Stripe.
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Elements, PaymentElement, useElements, useStripe } from '@stripe/react-stripe-js';
import { loadStripe } from '@stripe/stripe-js/pure';
import './checkout.css';

const stripe = loadStripe('pk_test_bench');

async function fetchSecret() {
  const response = await fetch('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: [{ id: 'kopi-gayo-250g', quantity: 1 }] }),
  });
  if (!response.ok) throw new Error(`token: ${response.status}`);
  return (await response.json()).token;
}

function PayForm() {
  const [state, setState] = useState('idle');
  const [message, setMessage] = useState('');
  const client = useStripe();
  const elements = useElements();
  const busy = state !== 'idle';

  async function pay() {
    if (busy || !client || !elements) return;
    setState('busy');
    setMessage('');
    const { error: invalid } = await elements.submit();
    if (!invalid) {
      try {
        const clientSecret = await fetchSecret();
        const { error } = await client.confirmPayment({ elements, clientSecret, redirect: 'if_required', confirmParams: { return_url: location.href } });
        setMessage(error ? error.message : 'Pembayaran diterima.');
      } catch {
        setMessage('Pembayaran belum bisa dibuka. Silakan coba lagi.');
      }
    }
    setState('idle');
  }

  return (
    <section className="checkout" aria-busy={busy}>
      <p role="status">{message}</p>
      <PaymentElement />
      <button type="button" className="checkout__pay" aria-disabled={busy} onClick={pay}>{busy ? 'Menyiapkan…' : 'Bayar'}</button>
    </section>
  );
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <Elements stripe={stripe} options={{ mode: 'payment', amount: 85000, currency: 'idr', locale: 'id' }}><PayForm /></Elements>
  </StrictMode>,
);
