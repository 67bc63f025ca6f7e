// What a shop in JavaScript does with Midtrans' own client: Express, midtrans-client, better-sqlite3. The same work
// as our merchant's, as its documentation shows it: prices by the server, an order on disk before and after its
// token, notifications confirmed with the gateway, or verified by their signature and kept once.
import { createHash, randomUUID, timingSafeEqual } from "node:crypto";
import cluster from "node:cluster";
import Database from "better-sqlite3";
import express from "express";
import midtransClient from "midtrans-client";

const { PORT, GATEWAY, SERVER_KEY, CLIENT_KEY, DATABASE, WORKERS } = process.env;

if (WORKERS && cluster.isPrimary) {
  for (let i = 0; i < Number(WORKERS); i += 1) cluster.fork();
} else {
  serve();
}

function serve() {
  const db = new Database(DATABASE);
  db.pragma("busy_timeout = 5000");
  db.pragma("journal_mode = WAL");
  // What was answered is on disk.
  db.pragma("synchronous = FULL");
  db.exec(`
    CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, status TEXT NOT NULL, gross_amount INTEGER NOT NULL,
      items TEXT NOT NULL, customer TEXT NOT NULL, token TEXT, redirect_url TEXT, updated_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS notifications (fingerprint TEXT PRIMARY KEY, order_id TEXT NOT NULL, body TEXT NOT NULL,
      received_at INTEGER NOT NULL);`);
  const insertOrder = db.prepare("INSERT INTO orders VALUES (?, 'created', ?, ?, ?, NULL, NULL, ?)");
  const keepToken = db.prepare("UPDATE orders SET token = ?, redirect_url = ?, updated_at = ? WHERE order_id = ?");
  const setStatus = db.prepare("UPDATE orders SET status = ?, updated_at = ? WHERE order_id = ?");
  const order = db.prepare("SELECT order_id, status, gross_amount, items FROM orders WHERE order_id = ?");
  const keep = db.prepare("INSERT OR IGNORE INTO notifications VALUES (?, ?, ?, ?)");

  const snap = new midtransClient.Snap({ isProduction: false, serverKey: SERVER_KEY, clientKey: CLIENT_KEY });
  // Leads the client to the gateway of the measurement.
  const addresses = snap.apiConfig.constructor;
  addresses.SNAP_SANDBOX_BASE_URL = `${GATEWAY}/snap/v1`;
  addresses.CORE_SANDBOX_BASE_URL = GATEWAY;

  const catalog = new Map([
    ["kopi-gayo-250g", { name: "Kopi Gayo Aceh 250 g", price: 89000 }],
    ["teh-melati-100g", { name: "Teh melati 100 g", price: 18000 }],
  ]);

  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "64kb" }));

  app.get("/readyz", (_, response) => response.send("ok"));

  app.post("/api/orders", async (request, response) => {
    const wanted = request.body?.items;
    if (!Array.isArray(wanted) || wanted.length === 0) return response.status(422).json({ error: { code: "empty_cart" } });
    const items = [];
    for (const { id, quantity } of wanted) {
      const item = catalog.get(id);
      if (!item || !Number.isInteger(quantity) || quantity < 1) {
        return response.status(422).json({ error: { code: "unknown_item" } });
      }
      items.push({ id, quantity, ...item });
    }
    const { name, email } = request.body.customer ?? {};
    const amount = items.reduce((sum, item) => sum + item.price * item.quantity, 0);
    const orderId = randomUUID();
    insertOrder.run(orderId, amount, JSON.stringify(items), JSON.stringify({ name, email }), Date.now());
    const { token, redirect_url: redirectUrl } = await snap.createTransaction({
      transaction_details: { order_id: orderId, gross_amount: amount },
      item_details: items,
      customer_details: { first_name: name, email },
      credit_card: { secure: true },
    });
    keepToken.run(token, redirectUrl, Date.now(), orderId);
    response.status(201).json({ token, redirect_url: redirectUrl, order_id: orderId, gross_amount: amount });
  });

  app.get("/api/orders/:id", (request, response) => {
    const found = order.get(request.params.id);
    if (!found) return response.status(404).json({ error: { code: "order_not_found" } });
    response.json({ ...found, items: JSON.parse(found.items) });
  });

  // W1: what it says is not believed, the gateway is asked.
  app.post("/api/midtrans/notifications", async (request, response) => {
    const said = await snap.transaction.notification(request.body);
    const paid = ["capture", "settlement"].includes(said.transaction_status) && said.fraud_status === "accept";
    setStatus.run(paid ? "paid" : said.transaction_status, Date.now(), said.order_id);
    response.json({ status: "ok" });
  });

  // W2: verified, kept once, on disk.
  app.post("/api/midtrans/kept", (request, response) => {
    const { order_id: id, status_code: code, gross_amount: amount, signature_key: given } = request.body;
    const signature = createHash("sha512").update(`${id}${code}${amount}${SERVER_KEY}`).digest();
    const claimed = Buffer.from(String(given), "hex");
    if (claimed.length !== signature.length || !timingSafeEqual(signature, claimed)) {
      return response.status(403).json({ error: { code: "invalid_signature" } });
    }
    const body = JSON.stringify(request.body);
    keep.run(createHash("sha512").update(body).digest("hex"), id, body, Date.now());
    response.json({ status: "ok" });
  });

  app.use((error, _request, response, _next) => {
    response.status(503).json({ error: { code: error.httpStatusCode ?? "internal" } });
  });

  app.listen(Number(PORT), "127.0.0.1");
}
