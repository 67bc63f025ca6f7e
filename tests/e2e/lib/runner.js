// Runs each spec in every engine. A failing spec saves logs, page sources and a screenshot in `artifacts/`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { startEngine, selectedEngines } from './browsers.js';
import { HostPage } from './host-page.js';
import { StorefrontPage } from './storefront-page.js';
import { startServices } from './services.js';

const ARTIFACTS = join(dirname(fileURLToPath(import.meta.url)), '../artifacts');
const specs = [];

/**
 * Declares a spec. `run` gets `{ storefront, host, gateway, browser, services, restart }` with an empty profile and a
 * gateway without faults. `storefront` and `host` are the page objects of our page and of a merchant's own page.
 * Options: `engines` restricts the engines, with the reason in a comment; with `persistent`, `restart()` restarts the
 * browser with the same profile; `userAgent` replaces the browser's own.
 */
export function spec(name, run, options = {}) {
  specs.push({ name, run, ...options });
}

/** Registers all specs with Node's test runner: one suite per engine, in parallel up to the number of cores. */
export function runAll() {
  rmSync(ARTIFACTS, { recursive: true, force: true });
  const engines = selectedEngines();
  const repeat = Number(process.env.E2E_REPEAT) || 1;
  const together = Number(process.env.E2E_TOGETHER) || Math.min(engines.length, availableParallelism());
  describe('end to end', { concurrency: together }, () => {
    for (const name of engines) {
      describe(name, { concurrency: 1 }, () => suite(name, repeat));
    }
  });
}

function suite(engineName, repeat) {
  let engine;
  let services;
  before(async () => {
    services = await startServices();
    engine = await startEngine(engineName);
  }, { timeout: 60_000 });
  after(async () => {
    await engine?.stop();
    await services?.stop();
  }, { timeout: 30_000 });

  for (const { name, run, engines, persistent, userAgent } of specs.flatMap((one) => Array(repeat).fill(one))) {
    if (engines && !engines.includes(engineName)) continue;
    test(name, { timeout: 90_000 }, async () => {
      let browser;
      try {
        await services.gateway.reset();
        services.hosts.reset();
        browser = await engine.newBrowser({ persistent, userAgent });
        const storefront = new StorefrontPage(browser, services);
        const host = new HostPage(browser, services);
        const restart = async () => {
          browser = await engine.restart();
          storefront.browser = browser;
        };
        await run({ storefront, host, gateway: services.gateway, browser, services, restart });
      } catch (error) {
        throw await withEvidence(`${engineName}-${name}`, error, { browser, services, engine });
      }
    });
  }
}

/**
 * Returns a new error whose message holds the evidence, for readers who have only the output; the folder has the
 * rest. It is a new error because the message of a timeout is read-only.
 */
export async function withEvidence(name, error, scene) {
  const location = error.stack?.split('\n').find((line) => /\/(specs|faults)\//.test(line))?.trim() ?? '';
  const folder = await saveEvidence(name, error, scene);
  const lines = [`${error.message} ${location}`, ...await visibleState(scene.browser)];
  for (const [what, text] of Object.entries(scene.services?.logs() ?? {})) lines.push(`${what}:`, ...lastLines(text));
  for (const what of ['requests', 'notifications']) {
    const list = await scene.services?.gateway.control('GET', `/${what}`).catch((problem) => [problem.message]);
    lines.push(`${what} of the gateway:`, ...(list ?? []).slice(-10).map((line) => `  ${JSON.stringify(line).slice(0, 500)}`));
  }
  lines.push(`evidence: ${folder}`);
  const detailed = new Error(lines.join('\n  '));
  detailed.stack = detailed.message;
  return detailed;
}

function lastLines(text, limit = 20) {
  return text.trim().split('\n').slice(-limit).map((line) => `  ${line.slice(0, 300)}`);
}

/** The visible text of the driver's current frame and of the top page, and the state of each checkout. */
async function visibleState(browser) {
  if (!browser) return ['no browser'];
  try {
    const read = async () => `${await browser.run(() => location.href)}: ${await browser.run(visibleText)}`;
    const inner = await read().catch((problem) => problem.message);
    await browser.top();
    const outer = await read();
    const checkout = await browser.run(() => {
      const inside = [...document.querySelectorAll('snap-checkout')].map((e) => e.shadowRoot?.querySelector('.snap-checkout'));
      return [document.querySelector('.snap-checkout'), ...inside].filter(Boolean)
        .map(({ innerText, dataset }) => `${dataset.phase}: ${innerText.replace(/\s+/g, ' ')}`).concat(JSON.stringify(window.recorded) ?? []).join(' | ');
    });
    return [...(inner === outer ? [] : [`frame ${inner}`]), `checkout ${checkout}`, outer];
  } catch (problem) {
    return [`the page cannot be read: ${problem.message}`];
  }
}

const visibleText = () => document.body.innerText.replace(/\s+/g, ' ').slice(0, 1500);

async function saveEvidence(name, error, { browser, services, engine }) {
  const folder = join(ARTIFACTS, name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 80));
  mkdirSync(folder, { recursive: true });
  const save = async (file, make) => {
    try {
      writeFileSync(join(folder, file), await make());
    } catch (problem) {
      writeFileSync(join(folder, `${file}.missing`), String(problem));
    }
  };
  await save('error.txt', () => error.stack);
  for (const [file, text] of Object.entries(services?.logs() ?? {})) await save(file, () => text);
  await save('driver.log', () => engine?.log() ?? '');
  if (browser) {
    await save('frame.html', () => browser.source());
    await browser.top().catch(() => {});
    await save('page.png', () => browser.screenshot());
    await save('page.html', async () => `<!-- ${await browser.url()} -->\n${await browser.source()}`);
    if (browser.engine === 'chromium') {
      await save('console.json', async () => JSON.stringify(await browser.console(), null, 1));
    }
  }
  return folder;
}
