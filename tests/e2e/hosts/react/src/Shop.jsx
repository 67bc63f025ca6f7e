import { useEffect, useState } from 'react';
import 'snap-checkout/define';

export function Shop() {
  const [shop, setShop] = useState(null);
  const [quantity, setQuantity] = useState(1);
  const [paid, setPaid] = useState(null);

  useEffect(() => {
    const unmounted = new AbortController();
    fetch('/api/shop', { signal: unmounted.signal }).then((response) => response.json()).then(setShop, () => {});
    return () => unmounted.abort();
  }, []);

  if (!shop) return <p>…</p>;
  const [item] = shop.items;
  return (
    <main>
      <h1>{item.name}</h1>
      <button id="more" onClick={() => setQuantity(quantity + 1)}>+1</button>
      <snap-checkout
        id="pay"
        client-key={shop.client_key}
        environment={shop.gateway_origin}
        order={{ items: [{ id: item.id, quantity }] }}
        order-key={`${item.id} ${quantity}`}
        amount={item.price * quantity}
        onsnap-paid={({ detail }) => setPaid(`${detail.order.order_id} ${quantity}`)}
      >
        <a href="/checkout">Bayar tanpa skrip</a>
      </snap-checkout>
      {paid && <p id="thanks">Terima kasih: {paid}</p>}
    </main>
  );
}
