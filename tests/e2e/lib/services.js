// The two services, as built, on free ports, with a database that lives as long as they do.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Gateway } from './gateway-control.js';
import { startHosts } from './host-server.js';
import { answers, drop, freePort, scratch, start } from './process.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const target = process.env.CARGO_TARGET_DIR || join(root, 'target');

function built(variable, name) {
  const path = process.env[variable] || join(target, 'debug', name);
  if (!existsSync(path)) throw new Error(`${path} is not built: cargo build -p merchant -p fake-midtrans, or set ${variable}`);
  return path;
}

/**
 * Starts gateway and merchant, and the web server of the host pages in front of them. `shopFront` is the origin that
 * browsers use for the shop when something stands in between.
 */
export async function startStage({ shopFront } = {}) {
  const dist = process.env.DIST || join(root, 'dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`${dist} has no index.html: scripts/build, or set DIST`);
  const programs = { gateway: built('FAKE_MIDTRANS_BIN', 'fake-midtrans'), merchant: built('MERCHANT_BIN', 'merchant') };
  const home = scratch('shop');
  const [merchantPort, gatewayPort] = [await freePort(), await freePort()];
  const own = `http://127.0.0.1:${merchantPort}`;
  const origin = shopFront ?? own;
  const gatewayOrigin = `http://127.0.0.1:${gatewayPort}`;
  const serverKey = `SB-Mid-server-E2E-${randomBytes(9).toString('hex')}`;
  const clientKey = `SB-Mid-client-E2E-${randomBytes(9).toString('hex')}`;

  const gateway = start('fake-midtrans', programs.gateway, [], {
    FAKE_MIDTRANS_ADDR: `127.0.0.1:${gatewayPort}`,
    FAKE_MIDTRANS_SERVER_KEY: serverKey,
    FAKE_MIDTRANS_CLIENT_KEY: clientKey,
    FAKE_MIDTRANS_NOTIFICATION_URL: `${own}/api/midtrans/notifications`,
    FAKE_MIDTRANS_FINISH_URL: `${origin}/order`,
    FAKE_MIDTRANS_CONTROL_ORIGIN: origin,
  });
  const settings = {
    MERCHANT_ADDR: `127.0.0.1:${merchantPort}`,
    MERCHANT_PUBLIC_URL: origin,
    MERCHANT_PAGE_DIR: dist,
    DATABASE_URL: `sqlite://${join(home, 'orders.sqlite')}?mode=rwc`,
    MIDTRANS_SERVER_KEY: serverKey,
    MIDTRANS_CLIENT_KEY: clientKey,
    MIDTRANS_ENVIRONMENT: 'local',
    MIDTRANS_LOCAL_URL: gatewayOrigin,
  };
  const merchant = start('merchant', programs.merchant, [], settings);
  const hosts = await startHosts({ merchant: origin, gateway: gatewayOrigin, clientKey });
  async function stop() {
    await hosts.stop();
    await Promise.all([merchant.stop(), gateway.stop()]);
    drop(home);
  }
  try {
    await Promise.all([answers(gateway, `${gatewayOrigin}/healthz`), answers(merchant, `${own}/healthz`)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin,
    own,
    gateway: new Gateway(gatewayOrigin),
    hosts,
    logs: () => ({ 'merchant.log': merchant.log(), 'gateway.log': gateway.log(), 'hosts.log': hosts.logs() }),
    stop,
    /** The merchant's program as the operator's command, `merchant order …`; it must succeed. */
    async operator(...words) {
      const env = { ...process.env, ...settings };
      await promisify(execFile)(programs.merchant, ['order', ...words, '--yes', '--by', 'e2e'], { env, timeout: 30_000 });
    },
    /** The merchant's word on an order, asked past the page. */
    async order(id) {
      return (await fetch(`${own}/api/orders/${id}`)).json();
    },
    async items() {
      return (await (await fetch(`${own}/api/shop`)).json()).items;
    },
    /** An order made past the page for which a method was chosen on Midtrans' page: its id. */
    async pendingOrder(method) {
      const { order_id: id } = await this.newOrder();
      await this.gateway.happen('choose', id, { method });
      return id;
    },
    /** An order made past the page: its checkout. */
    async newOrder() {
      const [item] = await this.items();
      const answer = await fetch(`${own}/api/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ id: item.id, quantity: 1 }] }),
      });
      if (!answer.ok) throw new Error(`POST /api/orders: ${answer.status} ${await answer.text()}`);
      return answer.json();
    },
  };
}
