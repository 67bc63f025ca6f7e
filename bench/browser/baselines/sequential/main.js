// The sequential baseline: after the click it loads the script, then fetches the token, then opens the popup.
const section = document.querySelector('.checkout');
const button = section.querySelector('button');
const status = section.querySelector('[role=status]');
const gateway = document.querySelector('meta[name=gateway]').content;

let script;
function loadSnap() {
  script ??= new Promise((resolve, reject) => {
    const tag = document.createElement('script');
    tag.src = `${gateway}/snap/snap.js`;
    tag.dataset.clientKey = 'SB-Mid-client-bench';
    tag.onload = resolve;
    tag.onerror = reject;
    document.head.append(tag);
  });
  return script;
}

async function fetchToken() {
  const response = await fetch('/api/orders', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ items: [{ id: 'kopi-gayo-250g', quantity: 1 }] }),
  });
  if (!response.ok) throw new Error(`token: ${response.status}`);
  return (await response.json()).token;
}

function show(busy, message = '') {
  button.disabled = busy;
  section.setAttribute('aria-busy', busy);
  status.textContent = message;
}

button.addEventListener('click', async () => {
  show(true);
  try {
    await loadSnap();
    const token = await fetchToken();
    window.snap.pay(token, {
      language: 'id',
      onSuccess: () => show(false, 'Pembayaran diterima.'),
      onPending: () => show(false, 'Menunggu pembayaran.'),
      onError: () => show(false, 'Pembayaran gagal.'),
      onClose: () => show(false, 'Jendela pembayaran ditutup.'),
    });
  } catch {
    show(false, 'Pembayaran belum bisa dibuka. Silakan coba lagi.');
  }
});
