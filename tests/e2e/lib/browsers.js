// Three engines, each behind its own W3C WebDriver server.
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { alsoEnd, answers, drop, ended, find, freePort, scratch, start, until } from './process.js';
import { Browser, command } from './webdriver.js';

export const ENGINES = ['chromium', 'firefox', 'webkit'];

/** The engines this run is for, from E2E_BROWSERS. */
export function wanted() {
  const names = (process.env.E2E_BROWSERS || ENGINES.join(',')).split(',').map((name) => name.trim()).filter(Boolean);
  const strange = names.filter((name) => !ENGINES.includes(name));
  if (strange.length) throw new Error(`E2E_BROWSERS knows ${ENGINES.join(', ')}, not ${strange.join(', ')}`);
  return names;
}

function need(what, ...names) {
  const path = find(...names);
  if (!path) throw new Error(`${what} is not here (looked for ${names.filter(Boolean).join(', ')}); scripts/setup brings it, or leave its engine out of E2E_BROWSERS`);
  return path;
}

const cargoTools = join(process.env.SNAP_CHECKOUT_HOME || join(process.env.XDG_CACHE_HOME || join(process.env.HOME ?? '', '.cache'), 'snap-checkout'), 'tools/bin');

const RECIPES = {
  chromium() {
    const binary = need('Chromium', process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome');
    // Background services would look for the outside world; tests have none. What glides cannot be clicked yet.
    const args = [
      '--headless=new', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--hide-scrollbars',
      '--force-prefers-reduced-motion', '--window-size=1280,900',
    ];
    // Chromium's sandbox refuses to work for root, as in containers.
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    return {
      driver: need('ChromeDriver', process.env.CHROMEDRIVER, 'chromedriver'),
      args: (port) => [`--port=${port}`],
      capabilities: (profile) => ({
        browserName: 'chrome',
        'goog:chromeOptions': { binary, args: profile ? [...args, `--user-data-dir=${profile}`] : args },
        'goog:loggingPrefs': { browser: 'ALL' },
      }),
    };
  },
  firefox() {
    const binary = need('Firefox', process.env.FIREFOX, 'firefox', 'firefox-esr', '/Applications/Firefox.app/Contents/MacOS/firefox');
    return {
      driver: need('geckodriver', process.env.GECKODRIVER, 'geckodriver', join(cargoTools, 'geckodriver')),
      args: (port) => ['--port', String(port)],
      capabilities: (profile) => ({
        browserName: 'firefox',
        'moz:firefoxOptions': {
          binary,
          args: ['-headless', '--width=1280', '--height=900', ...(profile ? ['-profile', profile] : [])],
          // No look-outs for the outside world; Tab reaches links on every system; nothing glides.
          prefs: {
            'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false,
            'accessibility.tabfocus': 7, 'ui.prefersReducedMotion': 1,
          },
        },
      }),
    };
  },
  webkit() {
    const driver = need("WebKit's driver", process.env.WEBKIT_DRIVER, 'WebKitWebDriver', process.platform === 'darwin' && 'safaridriver');
    if (driver.endsWith('safaridriver')) {
      return { driver, args: (port) => ['-p', String(port)], capabilities: () => ({ browserName: 'safari' }) };
    }
    const binary = need('MiniBrowser', process.env.WEBKIT_MINIBROWSER, process.env.MINIBROWSER, ...miniBrowsers());
    return {
      driver,
      args: (port) => [`--port=${port}`],
      needsDisplay: true,
      capabilities: () => ({ browserName: 'MiniBrowser', 'webkitgtk:browserOptions': { binary, args: ['--automation'] } }),
    };
  },
};

function miniBrowsers() {
  const libraries = ['/usr/lib', `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`, '/usr/lib64', '/usr/libexec'];
  return libraries.flatMap((dir) => {
    try {
      return readdirSync(dir).filter((name) => name.startsWith('webkit2gtk-')).sort().reverse().map((name) => join(dir, name, 'MiniBrowser'));
    } catch {
      return [];
    }
  });
}

/** A screen for browsers that cannot do without one: ours when DISPLAY names none. */
async function screen() {
  if (process.env.DISPLAY) return { env: {}, stop: async () => {} };
  const xvfb = start('Xvfb', need('Xvfb', 'Xvfb'), ['-displayfd', '1', '-screen', '0', '1400x1100x24', '-nolisten', 'tcp',
    // Without it the display restarts whenever its last window closes, and the next one may find it away.
    '-noreset']);
  const number = await until('display of Xvfb', () => {
    const failure = xvfb.failure();
    if (failure) throw Object.assign(new Error(failure), { fatal: true });
    return /^(\d+)$/m.exec(xvfb.log())?.[1];
  });
  return { env: { DISPLAY: `:${number}`, GDK_BACKEND: 'x11', LIBGL_ALWAYS_SOFTWARE: '1' }, stop: () => xvfb.stop() };
}

/** Starts the driver of `engine`; `fresh()` then opens a window that remembers nothing. */
export async function startEngine(engine) {
  const home = scratch(engine);
  const recipe = RECIPES[engine]();
  const display = recipe.needsDisplay ? await screen() : { env: {}, stop: async () => {} };
  const port = await freePort();
  const driver = start(`driver of ${engine}`, recipe.driver, recipe.args(port), {
    ...display.env, TMPDIR: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home,
  });
  const base = `http://127.0.0.1:${port}`;
  await answers(driver, `${base}/status`);
  let browser = null;
  let pid = null;
  let profile = null;

  async function closeWindow() {
    if (!browser) return;
    // A browser that crashed cannot be closed any more; the driver's end ends the rest.
    await browser.close().catch(() => {});
    ended(pid);
    browser = null;
  }

  async function openWindow() {
    const session = await command(base, 'POST', '/session', { capabilities: { alwaysMatch: recipe.capabilities(profile) } });
    pid = session.capabilities['moz:processID'] ?? session.capabilities['goog:processID'];
    alsoEnd(pid);
    browser = new Browser(engine, base, session.sessionId);
    browser.version = session.capabilities.browserVersion;
    if (engine === 'webkit') await browser.resize(1280, 900);
    return browser;
  }

  return {
    engine,
    log: () => driver.log(),
    /** A browser that remembers nothing; one that `keeps` can be started again with what it remembers then. */
    async fresh({ keeps = false } = {}) {
      await closeWindow();
      profile = keeps ? mkdtempSync(join(home, 'profile-')) : null;
      return openWindow();
    },
    /** Ends the browser and starts it again. WebKit's driver lets it keep nothing: there only the window is a new one. */
    async restart() {
      if (engine === 'webkit') {
        await browser.newWindow();
        return browser;
      }
      await closeWindow();
      return openWindow();
    },
    async stop() {
      await closeWindow();
      await driver.stop();
      await display.stop();
      drop(home);
    },
  };
}
