// Chromium, driven by its own protocol over a pipe: no port, no library.
import { spawn } from 'node:child_process';
import { alsoEnd, drop, ended, find, scratch } from '../../../tests/e2e/lib/process.js';

// Background services would look for the outside world and take time from what is measured.
const ARGS = [
  '--headless=new', '--remote-debugging-pipe', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
  '--disable-dev-shm-usage', '--hide-scrollbars', '--window-size=1000,800', '--no-proxy-server', '--mute-audio',
  // A page that is measured is never throttled for standing behind.
  '--disable-renderer-backgrounding', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
];

/** Starts Chromium; `send(method, params, session)` asks it, `on(session, heard)` hears its events. */
export async function startChromium() {
  const binary = find(process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  if (!binary) throw new Error('Chromium is not here: scripts/setup e2e brings it');
  const home = scratch('bench');
  const args = [...ARGS, `--user-data-dir=${home}`];
  // Chromium's sandbox refuses to work for root, as in containers.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  alsoEnd(child.pid);
  let said = '';
  child.stderr.on('data', (chunk) => { said = (said + chunk).slice(-4000); });

  const waiting = new Map();
  const hearing = new Map();
  let last = 0;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const over = (why) => {
    for (const { reject } of waiting.values()) reject(new Error(`Chromium ${why}\n${said}`));
    waiting.clear();
  };
  child.once('error', (error) => over(error.message));
  gone.then((code) => over(`ended (${code})`));
  child.stdio[3].on('error', () => {});

  const parts = [];
  child.stdio[4].on('data', (chunk) => {
    for (let from = 0; ;) {
      const end = chunk.indexOf(0, from);
      if (end < 0) { parts.push(chunk.subarray(from)); return; }
      parts.push(chunk.subarray(from, end));
      receive(JSON.parse(Buffer.concat(parts.splice(0)).toString('utf8')));
      from = end + 1;
    }
  });
  function receive({ id, method, params, result, error, sessionId }) {
    if (id === undefined) {
      hearing.get(sessionId ?? '')?.(method, params);
      return;
    }
    const one = waiting.get(id);
    waiting.delete(id);
    if (error) one?.reject(new Error(`${one.method}: ${error.message}`));
    else one?.resolve(result);
  }
  function send(method, params = {}, sessionId = undefined) {
    last += 1;
    const id = last;
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject, method }));
  }

  return {
    send,
    on(session, heard) { if (heard) hearing.set(session, heard); else hearing.delete(session); },
    version: (await send('Browser.getVersion')).product,
    async stop() {
      await send('Browser.close').catch(() => {});
      const late = setTimeout(() => child.kill('SIGKILL'), 3000);
      await gone;
      clearTimeout(late);
      ended(child.pid);
      drop(home);
    },
  };
}
