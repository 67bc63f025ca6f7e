import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { SNAP_LOCATION } from 'midtrans-snap';
import { PayButton } from './pay-button.jsx';
import './checkout.css';

// The package has only Midtrans' own two URLs; the benchmark adds its own gateway.
SNAP_LOCATION.bench = `${document.querySelector('meta[name=gateway]').content}/snap/snap.js`;

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <PayButton
      clientKey="SB-Mid-client-bench"
      environment="bench"
      tokenUrl="/api/orders"
      order={{ items: [{ id: 'kopi-gayo-250g', quantity: 1 }] }}
      amount={85000}
    />
  </StrictMode>,
);
