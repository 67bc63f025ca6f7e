// Starts the built gateway and backend on free ports, with a temporary database.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Gateway } from './gateway-control.js';
import { startHosts } from './host-server.js';
import { waitForHttp, removeFolder, freePort, temporaryFolder, startProcess } from './process.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const target = process.env.CARGO_TARGET_DIR || join(root, 'target');

function builtBinary(variable, name) {
  const path = process.env[variable] || join(target, 'debug', name);
  if (!existsSync(path)) throw new Error(`${path} not found: run cargo build -p merchant -p fake-midtrans, or set ${variable}`);
  return path;
}

/**
 * Starts the gateway, the backend and the web server of the host pages. `publicOrigin` is the storefront's origin
 * as browsers see it; the fault tests pass the origin of their proxy.
 */
export async function startServices({ publicOrigin } = {}) {
  const dist = process.env.DIST || join(root, 'dist');
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`${dist} has no index.html: run scripts/build, or set DIST`);
  const programs = { gateway: builtBinary('FAKE_MIDTRANS_BIN', 'fake-midtrans'), backend: builtBinary('MERCHANT_BIN', 'merchant') };
  const folder = temporaryFolder('services');
  const [backendPort, gatewayPort] = [await freePort(), await freePort()];
  const backendOrigin = `http://127.0.0.1:${backendPort}`;
  const origin = publicOrigin ?? backendOrigin;
  const gatewayOrigin = `http://127.0.0.1:${gatewayPort}`;
  const serverKey = `SB-Mid-server-E2E-${randomBytes(9).toString('hex')}`;
  const clientKey = `SB-Mid-client-E2E-${randomBytes(9).toString('hex')}`;

  const gateway = startProcess('fake-midtrans', programs.gateway, [], {
    FAKE_MIDTRANS_ADDR: `127.0.0.1:${gatewayPort}`,
    FAKE_MIDTRANS_SERVER_KEY: serverKey,
    FAKE_MIDTRANS_CLIENT_KEY: clientKey,
    FAKE_MIDTRANS_NOTIFICATION_URL: `${backendOrigin}/api/midtrans/notifications`,
    FAKE_MIDTRANS_FINISH_URL: `${origin}/order`,
    FAKE_MIDTRANS_CONTROL_ORIGIN: origin,
  });
  const config = {
    MERCHANT_ADDR: `127.0.0.1:${backendPort}`,
    MERCHANT_PUBLIC_URL: origin,
    MERCHANT_PAGE_DIR: dist,
    DATABASE_URL: `sqlite://${join(folder, 'orders.sqlite')}?mode=rwc`,
    MIDTRANS_SERVER_KEY: serverKey,
    MIDTRANS_CLIENT_KEY: clientKey,
    MIDTRANS_ENVIRONMENT: 'local',
    MIDTRANS_LOCAL_URL: gatewayOrigin,
  };
  const backend = startProcess('merchant', programs.backend, [], config);
  const hosts = await startHosts({ backend: origin, gateway: gatewayOrigin, clientKey });
  async function stop() {
    await hosts.stop();
    await Promise.all([backend.stop(), gateway.stop()]);
    removeFolder(folder);
  }
  try {
    await Promise.all([waitForHttp(gateway, `${gatewayOrigin}/healthz`), waitForHttp(backend, `${backendOrigin}/healthz`)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    origin,
    backendOrigin,
    gateway: new Gateway(gatewayOrigin),
    hosts,
    logs: () => ({ 'merchant.log': backend.log(), 'gateway.log': gateway.log(), 'hosts.log': hosts.logs() }),
    stop,
    /** Runs the operator's command `merchant order …`; throws unless it succeeds. */
    async runOperatorCommand(...args) {
      const env = { ...process.env, ...config };
      await promisify(execFile)(programs.backend, ['order', ...args, '--yes', '--by', 'e2e'], { env, timeout: 30_000 });
    },
    /** The order as the backend reports it, without the page. */
    async order(id) {
      return (await fetch(`${backendOrigin}/api/orders/${id}`)).json();
    },
    async items() {
      return (await (await fetch(`${backendOrigin}/api/shop`)).json()).items;
    },
    /** Creates an order without the page, chooses a method on Midtrans' page, and returns the order's id. */
    async pendingOrder(method) {
      const { order_id: id } = await this.newOrder();
      await this.gateway.trigger('choose', id, { method });
      return id;
    },
    /** Creates an order without the page and returns its checkout. */
    async newOrder() {
      const [item] = await this.items();
      const response = await fetch(`${backendOrigin}/api/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ items: [{ id: item.id, quantity: 1 }] }),
      });
      if (!response.ok) throw new Error(`POST /api/orders: ${response.status} ${await response.text()}`);
      return response.json();
    },
  };
}
