// Specs are written once and run in every engine; a failing one leaves behind what is needed to see why.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { startEngine, wanted } from './browsers.js';
import { HostPage } from './host-page.js';
import { Shop } from './storefront-page.js';
import { startStage } from './services.js';

const ARTIFACTS = join(dirname(fileURLToPath(import.meta.url)), '../artifacts');
const specs = [];

/**
 * A spec. `run` gets `{ shop, host, gateway, browser, stage }`: a window that remembers nothing and a gateway
 * without faults; `shop` is the storefront in it, `host` the pages of others. `options.engines` narrows it where the others cannot know, with the reason in a comment;
 * with `options.keeps` there is also `restart()`, after which `shop` has another browser with the same memory;
 * `options.calledAs` is what the browser calls itself.
 */
export function spec(name, run, options = {}) {
  specs.push({ name, run, ...options });
}

/** Registers everything with Node's runner: one suite an engine, side by side as far as the cores go. */
export function runAll() {
  rmSync(ARTIFACTS, { recursive: true, force: true });
  const engines = wanted();
  const often = Number(process.env.E2E_REPEAT) || 1;
  const together = Number(process.env.E2E_TOGETHER) || Math.min(engines.length, availableParallelism());
  describe('the shop', { concurrency: together }, () => {
    for (const name of engines) {
      describe(name, { concurrency: 1 }, () => suite(name, often));
    }
  });
}

function suite(engineName, often) {
  let engine;
  let stage;
  before(async () => {
    stage = await startStage();
    engine = await startEngine(engineName);
  }, { timeout: 60_000 });
  after(async () => {
    await engine?.stop();
    await stage?.stop();
  }, { timeout: 30_000 });

  for (const { name, run, engines, keeps, calledAs } of specs.flatMap((one) => Array(often).fill(one))) {
    if (engines && !engines.includes(engineName)) continue;
    test(name, { timeout: 90_000 }, async () => {
      let browser;
      try {
        await stage.gateway.reset();
        stage.hosts.reset();
        browser = await engine.fresh({ keeps, calledAs });
        const shop = new Shop(browser, stage);
        const host = new HostPage(browser, stage);
        const restart = async () => {
          browser = await engine.restart();
          shop.browser = browser;
        };
        await run({ shop, host, gateway: stage.gateway, browser, stage, restart });
      } catch (error) {
        throw await withEvidence(`${engineName}-${name}`, error, { browser, stage, engine });
      }
    });
  }
}

/**
 * The error with what is needed to understand it where only the output can be read; the folder has the rest.
 * A new one: the message of a timeout cannot be written to.
 */
export async function withEvidence(name, error, scene) {
  const here = error.stack?.split('\n').find((line) => /\/(specs|faults)\//.test(line))?.trim() ?? '';
  const folder = await keepEvidence(name, error, scene);
  const said = [`${error.message} ${here}`, ...await onScreen(scene.browser)];
  for (const [what, text] of Object.entries(scene.stage?.logs() ?? {})) said.push(`${what}:`, ...lastLines(text));
  for (const what of ['requests', 'notifications']) {
    const list = await scene.stage?.gateway.control('GET', `/${what}`).catch((problem) => [problem.message]);
    said.push(`${what} of the gateway:`, ...(list ?? []).slice(-10).map((line) => `  ${JSON.stringify(line).slice(0, 500)}`));
  }
  said.push(`evidence: ${folder}`);
  const told = new Error(said.join('\n  '));
  told.stack = told.message;
  return told;
}

function lastLines(text, most = 20) {
  return text.trim().split('\n').slice(-most).map((line) => `  ${line.slice(0, 300)}`);
}

/** What can be read on the page: first in the frame that the driver looks at, then around it. */
async function onScreen(browser) {
  if (!browser) return ['no browser'];
  try {
    const look = async () => `${await browser.run(() => location.href)}: ${await browser.run(visibleText)}`;
    const inner = await look().catch((problem) => problem.message);
    await browser.top();
    const outer = await look();
    const checkout = await browser.run(() => {
      const inside = [...document.querySelectorAll('snap-checkout')].map((e) => e.shadowRoot?.querySelector('.snap-checkout'));
      return [document.querySelector('.snap-checkout'), ...inside].filter(Boolean)
        .map(({ innerText, dataset }) => `${dataset.phase}: ${innerText.replace(/\s+/g, ' ')}`).concat(JSON.stringify(window.seen) ?? []).join(' | ');
    });
    return [...(inner === outer ? [] : [`in the frame ${inner}`]), `checkout ${checkout}`, outer];
  } catch (problem) {
    return [`the page cannot be read: ${problem.message}`];
  }
}

const visibleText = () => document.body.innerText.replace(/\s+/g, ' ').slice(0, 1500);

async function keepEvidence(name, error, { browser, stage, engine }) {
  const folder = join(ARTIFACTS, name.toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 80));
  mkdirSync(folder, { recursive: true });
  const keep = async (file, make) => {
    try {
      writeFileSync(join(folder, file), await make());
    } catch (problem) {
      writeFileSync(join(folder, `${file}.missing`), String(problem));
    }
  };
  await keep('error.txt', () => error.stack);
  for (const [file, text] of Object.entries(stage?.logs() ?? {})) await keep(file, () => text);
  await keep('driver.log', () => engine?.log() ?? '');
  if (browser) {
    await keep('frame.html', () => browser.source());
    await browser.top().catch(() => {});
    await keep('page.png', () => browser.screenshot());
    await keep('page.html', async () => `<!-- ${await browser.url()} -->\n${await browser.source()}`);
    if (browser.engine === 'chromium') {
      await keep('console.json', async () => JSON.stringify(await browser.console(), null, 1));
    }
  }
  return folder;
}
