// Opens a page in its own browser context, without cache or storage. It records the page's requests. probe.js, which
// runs before the page's own scripts, records events inside the page.
import { readFileSync } from 'node:fs';

const PROBE = readFileSync(new URL('probe.js', import.meta.url), 'utf8');
const TIMEOUT_MS = 30_000;

// DevTools' preset of this name: the latency is 3.75 round trips of 150 ms, the throughput nine tenths of the nominal one.
export const SLOW_4G = { offline: false, latency: 562.5, downloadThroughput: 180_000, uploadThroughput: 84_375 };

export async function openPage(chromium, { cpu = 1, network } = {}) {
  const { browserContextId } = await chromium.send('Target.createBrowserContext', { disposeOnDetach: true });
  const { targetId } = await chromium.send('Target.createTarget', { url: 'about:blank', browserContextId });
  const { sessionId } = await chromium.send('Target.attachToTarget', { targetId, flatten: true });
  const send = (method, params) => chromium.send(method, params, sessionId);

  const requests = [];
  const exceptions = [];
  let loaded;
  chromium.on(sessionId, (method, params) => {
    if (method === 'Network.requestWillBeSent') requests.push({ id: params.requestId, url: params.request.url, method: params.request.method, at: params.timestamp });
    if (method === 'Network.loadingFinished') {
      const request = requests.find(({ id }) => id === params.requestId);
      if (request) request.bytes = params.encodedDataLength;
    }
    if (method === 'Runtime.exceptionThrown') exceptions.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === 'Page.loadEventFired') loaded?.();
  });
  await Promise.all([send('Page.enable'), send('Network.enable'), send('Runtime.enable')]);
  await send('Page.addScriptToEvaluateOnNewDocument', { source: PROBE });
  if (cpu !== 1) await send('Emulation.setCPUThrottlingRate', { rate: cpu });
  if (network) await send('Network.emulateNetworkConditions', network);

  const page = {
    send,
    requests,
    /** The requests since the page opened whose URL contains `part`. */
    requestsTo: (part) => requests.filter(({ url }) => url.includes(part)),
    go: (url) => send('Page.navigate', { url }),
    async open(url) {
      const loadEvent = new Promise((resolve) => { loaded = resolve; });
      await send('Page.navigate', { url });
      await loadEvent;
    },
    async run(expression) {
      const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails) throw new Error(`${exceptionDetails.exception?.description ?? exceptionDetails.text} in: ${expression.slice(0, 120)}`);
      return result.value;
    },
    /** Waits inside the page, checking once per frame, until the expression is true. */
    async until(expression, what = expression) {
      const reached = await page.run(`__bench.until(() => ${expression}, ${TIMEOUT_MS})`);
      if (!reached) throw new Error(`not reached within ${TIMEOUT_MS} ms: ${what}; ${exceptions.join('; ') || 'no exception'}; requests: ${requests.map(({ url }) => url).join(' ')}`);
    },
    async move({ x, y }) {
      await send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    },
    async click({ x, y }) {
      const button = { x, y, button: 'left', clickCount: 1 };
      await Promise.all([
        send('Input.dispatchMouseEvent', { type: 'mousePressed', ...button }),
        send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...button }),
      ]);
    },
    exceptions,
    async close() {
      chromium.on(sessionId, null);
      await chromium.send('Target.disposeBrowserContext', { browserContextId });
    },
  };
  return page;
}
