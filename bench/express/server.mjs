// The baseline of scripts/bench merchant: Express, Midtrans' own midtrans-client and better-sqlite3. It does the same
// work as the backend: it sets the prices, writes the order before and after the token request, and confirms
// notifications with the gateway, or verifies their signature and stores them once.
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
  // A response is sent only after the data is on disk.
  db.pragma("synchronous = FULL");
  db.exec(`
    CREATE TABLE IF NOT EXISTS orders (order_id TEXT PRIMARY KEY, status TEXT NOT NULL, gross_amount INTEGER NOT NULL,
      items TEXT NOT NULL, customer TEXT NOT NULL, token TEXT, redirect_url TEXT, updated_at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS notifications (fingerprint TEXT PRIMARY KEY, order_id TEXT NOT NULL, body TEXT NOT NULL,
      received_at INTEGER NOT NULL);`);
  const insertOrder = db.prepare("INSERT INTO orders VALUES (?, 'created', ?, ?, ?, NULL, NULL, ?)");
  const saveToken = db.prepare("UPDATE orders SET token = ?, redirect_url = ?, updated_at = ? WHERE order_id = ?");
  const setStatus = db.prepare("UPDATE orders SET status = ?, updated_at = ? WHERE order_id = ?");
  const selectOrder = db.prepare("SELECT order_id, status, gross_amount, items FROM orders WHERE order_id = ?");
  const insertNotification = db.prepare("INSERT OR IGNORE INTO notifications VALUES (?, ?, ?, ?)");

  const snap = new midtransClient.Snap({ isProduction: false, serverKey: SERVER_KEY, clientKey: CLIENT_KEY });
  // Points the client to the benchmark's gateway.
  const urls = snap.apiConfig.constructor;
  urls.SNAP_SANDBOX_BASE_URL = `${GATEWAY}/snap/v1`;
  urls.CORE_SANDBOX_BASE_URL = GATEWAY;

  const catalog = new Map([
    ["kopi-gayo-250g", { name: "Kopi Gayo Aceh 250 g", price: 89000 }],
    ["teh-melati-100g", { name: "Teh melati 100 g", price: 18000 }],
  ]);

  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "64kb" }));

  app.get("/readyz", (_, response) => response.send("ok"));

  app.post("/api/orders", async (request, response) => {
    const cart = request.body?.items;
    if (!Array.isArray(cart) || cart.length === 0) return response.status(422).json({ error: { code: "empty_cart" } });
    const items = [];
    for (const { id, quantity } of cart) {
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
    saveToken.run(token, redirectUrl, Date.now(), orderId);
    response.status(201).json({ token, redirect_url: redirectUrl, order_id: orderId, gross_amount: amount });
  });

  app.get("/api/orders/:id", (request, response) => {
    const found = selectOrder.get(request.params.id);
    if (!found) return response.status(404).json({ error: { code: "order_not_found" } });
    response.json({ ...found, items: JSON.parse(found.items) });
  });

  // W1: confirms the notification with the gateway.
  app.post("/api/midtrans/notifications", async (request, response) => {
    const status = await snap.transaction.notification(request.body);
    const paid = ["capture", "settlement"].includes(status.transaction_status) && status.fraud_status === "accept";
    setStatus.run(paid ? "paid" : status.transaction_status, Date.now(), status.order_id);
    response.json({ status: "ok" });
  });

  // W2: verifies the signature and stores the notification once.
  app.post("/api/midtrans/stored", (request, response) => {
    const { order_id: id, status_code: code, gross_amount: amount, signature_key: key } = request.body;
    const signature = createHash("sha512").update(`${id}${code}${amount}${SERVER_KEY}`).digest();
    const received = Buffer.from(String(key), "hex");
    if (received.length !== signature.length || !timingSafeEqual(signature, received)) {
      return response.status(403).json({ error: { code: "invalid_signature" } });
    }
    const body = JSON.stringify(request.body);
    insertNotification.run(createHash("sha512").update(body).digest("hex"), id, body, Date.now());
    response.json({ status: "ok" });
  });

  app.use((error, _request, response, _next) => {
    response.status(503).json({ error: { code: error.httpStatusCode ?? "internal" } });
  });

  app.listen(Number(PORT), "127.0.0.1");
}
