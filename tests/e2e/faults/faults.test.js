// The fault matrix, in every engine that E2E_BROWSERS names. Chromium plays all of it, the others every step and every
// fault once; FAULTS=all plays all everywhere. FAULTS_WRITE=1 writes what was seen into docs/reliability.md.
import { availableParallelism } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { startEngine, wanted } from '../lib/browsers.js';
import { withEvidence } from '../lib/runner.js';
import { play } from './fault-case.js';
import { write } from './report.js';
import { COLUMNS, Column } from './script-loader-failures.js';
import { CASES } from './wasm-failures.js';
import { ViewContext, startFronts } from './fault-env.js';
import { CELLS, cells } from './fault-matrix.js';

const engines = wanted();
const together = Number(process.env.E2E_TOGETHER) || Math.min(engines.length, availableParallelism());
const seen = { loader: {}, cells: {}, module: {} };
const often = Number(process.env.E2E_REPEAT) || 1;

describe('faults', { concurrency: together }, () => {
  for (const engine of engines) describe(engine, { concurrency: 1 }, () => matrix(engine));
  after(() => { if (process.env.FAULTS_WRITE) write(seen); });
});

function matrix(name) {
  const mine = cells({ some: name !== 'chromium' && process.env.FAULTS !== 'all' });
  let engine;
  let fronts;
  let browser = null;
  let passed = 0;
  let tried = 0;
  const begun = performance.now();
  before(async () => {
    fronts = await startFronts();
    engine = await startEngine(name);
  }, { timeout: 90_000 });
  after(async () => {
    await engine?.stop();
    await fronts?.stop();
    const cannot = CELLS.filter(({ why }) => why).length;
    console.log(`${name}: ${passed} of ${tried} cells passed in ${((performance.now() - begun) / 1000).toFixed(0)} s; the table has ${CELLS.length - cannot}, and ${cannot} more that cannot be`);
  }, { timeout: 60_000 });

  for (const [column, observe] of Object.entries(COLUMNS)) {
    test(`loader: ${column}`, { timeout: 90_000 }, () => alone(column, async (scene) => {
      await scene.begin();
      note('loader', column, await observe(new Column(scene)));
    }));
  }
  for (const [what, observe] of Object.entries(CASES)) {
    test(`page: ${what}`, { timeout: 90_000 }, () => alone(what, async (scene) => note('module', what, await observe(scene))));
  }
  for (const cell of mine.flatMap((one) => Array(often).fill(one))) {
    test(cell.name, { timeout: 90_000 }, () => alone(cell.name, async (scene) => {
      tried += 1;
      note('cells', cell.name, await play(scene, cell));
      passed += 1;
    }));
  }

  function note(part, what, observed) {
    seen[part][what] ??= {};
    seen[part][what][name] = observed;
  }

  /** Runs `work` in a window that knows of nothing before; a failure leaves behind what tells why. */
  async function alone(what, work) {
    try {
      browser ??= await engine.fresh();
      const scene = new ViewContext(fronts, browser);
      await work(scene);
      if (scene.spent) browser = null;
    } catch (error) {
      const told = await withEvidence(`${name}-${what}`, error, { browser, stage: fronts?.stage, engine });
      browser = null;
      throw told;
    }
  }
}
