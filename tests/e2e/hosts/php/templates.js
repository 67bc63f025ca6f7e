// The server-rendered pages. The order's values are filled in here; the web server fills in the {{placeholders}}.
const page = (title, body) => `<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="/hosts/php/style.css">
<script type="module" src="{{script}}" integrity="{{integrity}}"></script>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>`;

const hidden = (csrf) => `<input type="hidden" name="_csrf" value="${csrf}">`;

export const cartPage = ({ items, csrf }) => page('Warung Sari', `
<form method="post" action="/hosts/php/buy">
${hidden(csrf)}
${items.map(({ id, name }, at) => `<p><label>${name} <input type="number" name="quantity[${id}]" value="${at ? 0 : 1}" min="0" max="9"></label></p>`).join('\n')}
<button id="buy">Pesan</button>
</form>`);

export const orderPage = ({ order, csrf }) => page(`Pesanan ${order.order_id.slice(0, 6)}`, `
<p>Total: Rp ${order.gross_amount}</p>
<snap-checkout client-key="{{clientKey}}" environment="{{gateway}}" token-url="/api/orders/${order.order_id}/token"
  order="{}" order-key="${order.order_id}" amount="${order.gross_amount}">
<form method="post" action="/hosts/php/order/${order.order_id}/hosted">
${hidden(csrf)}
<button id="hosted">Bayar di halaman Midtrans</button>
</form>
</snap-checkout>`);

export const csrfErrorPage = () => '<!doctype html><html lang="id"><title>Halaman kedaluwarsa</title><h1>Halaman kedaluwarsa</h1></html>';
