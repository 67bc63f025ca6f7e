// Runs the fault matrix in every engine of E2E_BROWSERS: in full in Chromium, the short matrix in the others.
// FAULTS=all runs it in full in every engine. FAULTS_WRITE=1 writes the results into docs/reliability.md.
import { availableParallelism } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { startEngine, selectedEngines } from '../lib/browsers.js';
import { withEvidence } from '../lib/runner.js';
import { runCell } from './fault-case.js';
import { writeTables } from './report.js';
import { LOADER_CASES, LoaderCase } from './script-loader-failures.js';
import { WASM_CASES } from './wasm-failures.js';
import { FaultScene, startFaultEnv } from './fault-env.js';
import { CELLS, cells } from './fault-matrix.js';

const engines = selectedEngines();
const concurrency = Number(process.env.E2E_TOGETHER) || Math.min(engines.length, availableParallelism());
const results = { loader: {}, cells: {}, module: {} };
const repeat = Number(process.env.E2E_REPEAT) || 1;

describe('faults', { concurrency }, () => {
  for (const engine of engines) describe(engine, { concurrency: 1 }, () => matrix(engine));
  after(() => { if (process.env.FAULTS_WRITE) writeTables(results); });
});

function matrix(name) {
  const selected = cells({ short: name !== 'chromium' && process.env.FAULTS !== 'all' });
  let engine;
  let env;
  let browser = null;
  let passed = 0;
  let started = 0;
  const startedAt = performance.now();
  before(async () => {
    env = await startFaultEnv();
    engine = await startEngine(name);
  }, { timeout: 90_000 });
  after(async () => {
    await engine?.stop();
    await env?.stop();
    const impossible = CELLS.filter((cell) => cell.impossible).length;
    console.log(`${name}: ${passed} of ${started} cells passed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s; the matrix has ${CELLS.length - impossible} possible and ${impossible} impossible cells`);
  }, { timeout: 60_000 });

  for (const [title, run] of Object.entries(LOADER_CASES)) {
    test(`loader: ${title}`, { timeout: 90_000 }, () => inScene(title, async (scene) => {
      await scene.begin();
      record('loader', title, await run(new LoaderCase(scene)));
    }));
  }
  for (const [title, run] of Object.entries(WASM_CASES)) {
    test(`page: ${title}`, { timeout: 90_000 }, () => inScene(title, async (scene) => record('module', title, await run(scene))));
  }
  for (const cell of selected.flatMap((entry) => Array(repeat).fill(entry))) {
    test(cell.name, { timeout: 90_000 }, () => inScene(cell.name, async (scene) => {
      started += 1;
      record('cells', cell.name, await runCell(scene, cell));
      passed += 1;
    }));
  }

  function record(table, title, result) {
    results[table][title] ??= {};
    results[table][title][name] = result;
  }

  /** Runs `act` in a clean scene. A failure saves its evidence and discards the window. */
  async function inScene(title, act) {
    try {
      browser ??= await engine.newBrowser();
      const scene = new FaultScene(env, browser);
      await act(scene);
      if (scene.needsNewWindow) browser = null;
    } catch (error) {
      const detailed = await withEvidence(`${name}-${title}`, error, { browser, services: env?.services, engine });
      browser = null;
      throw detailed;
    }
  }
}
