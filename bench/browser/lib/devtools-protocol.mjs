// Drives Chromium through the DevTools protocol over a pipe, without a port or a library.
import { spawn } from 'node:child_process';
import { killOnExit, removeFolder, forgetProcess, findProgram, temporaryFolder } from '../../../tests/e2e/lib/process.js';

// Background services would use the network and distort the measurements.
const ARGS = [
  '--headless=new', '--remote-debugging-pipe', '--disable-gpu', '--disable-quic', '--no-first-run', '--no-default-browser-check',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
  '--disable-dev-shm-usage', '--hide-scrollbars', '--window-size=1000,800', '--no-proxy-server', '--mute-audio',
  // Chromium must not throttle the measured page when its window is in the background.
  '--disable-renderer-backgrounding', '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
];

/** Starts Chromium. `send(method, params, session)` sends a command, `on(session, listener)` subscribes to events. */
export async function startChromium() {
  const binary = findProgram(process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  if (!binary) throw new Error('Chromium not found; run scripts/setup e2e');
  const profile = temporaryFolder('bench');
  const args = [...ARGS, `--user-data-dir=${profile}`];
  // Chromium's sandbox refuses to work for root, as in containers.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
  killOnExit(child.pid);
  let stderr = '';
  child.stderr.on('data', (chunk) => { stderr = (stderr + chunk).slice(-4000); });

  const pending = new Map();
  const listeners = new Map();
  let lastId = 0;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const fail = (reason) => {
    for (const { reject } of pending.values()) reject(new Error(`Chromium ${reason}\n${stderr}`));
    pending.clear();
  };
  child.once('error', (error) => fail(error.message));
  exited.then((code) => fail(`exited (${code})`));
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
      listeners.get(sessionId ?? '')?.(method, params);
      return;
    }
    const command = pending.get(id);
    pending.delete(id);
    if (error) command?.reject(new Error(`${command.method}: ${error.message}`));
    else command?.resolve(result);
  }
  function send(method, params = {}, sessionId = undefined) {
    lastId += 1;
    const id = lastId;
    child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => pending.set(id, { resolve, reject, method }));
  }

  return {
    send,
    on(session, listener) { if (listener) listeners.set(session, listener); else listeners.delete(session); },
    version: (await send('Browser.getVersion')).product,
    async stop() {
      await send('Browser.close').catch(() => {});
      const killTimer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited;
      clearTimeout(killTimer);
      forgetProcess(child.pid);
      removeFolder(profile);
    },
  };
}
