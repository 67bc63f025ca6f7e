// Writes the tables of docs/reliability.md. The text between the markers is generated.
import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINES } from '../lib/browsers.js';
import { CELLS, FAULTS } from './fault-matrix.js';

const code = (state) => state.split(' ').map((part) => `\`${part}\``).join(' ');

const FILE = new URL('../../../docs/reliability.md', import.meta.url);

/** Replaces each table for which this run observed all rows. */
export function writeTables(results) {
  let text = readFileSync(FILE, 'utf8');
  const tables = {
    loader: resultTable(results.loader, 'Case'), module: resultTable(results.module, 'Failure'), cells: matrix(), headlines: headlines(results.cells),
  };
  for (const [name, table] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name}: written by scripts/test faults -->\n`, `\n<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < 0) throw new Error(`docs/reliability.md has no markers for ${name}`);
    if (table === null) continue;
    text = text.slice(0, from + begin.length) + table + text.slice(to);
  }
  writeFileSync(FILE, text);
}

function row(...fields) {
  return `| ${fields.join(' | ')} |`;
}

function table(head, rows) {
  return [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((fields) => row(...fields))].join('\n');
}

/** One row per case, one column per engine; null when a result is missing. */
function resultTable(cases, title) {
  const rows = Object.entries(cases).map(([name, byEngine]) => [name, ...ENGINES.map((engine) => byEngine[engine])]);
  if (!rows.length || rows.flat().includes(undefined)) return null;
  return table([title, 'Chromium', 'Firefox', 'WebKit'], rows);
}

/** The expectations of the matrix, which every run checks. */
function matrix() {
  const rows = CELLS.map(({ step, fault, impossible, state, recovery }) => (impossible ? [step, fault, `– ${impossible}`, ''] : [step, fault, code(state), recovery]));
  return `${table(['Fault', 'Meaning'], Object.entries(FAULTS))}\n\n${table(['Step', 'Fault', 'Page state', 'Recovery'], rows)}`;
}

/** The headline of each page state, which must be the same in all engines. Without storage the page has another language. */
function headlines(cells) {
  const observed = new Map();
  const english = Object.entries(cells).filter(([name]) => !name.endsWith('storage forbidden'));
  for (const { state, headline } of english.flatMap(([, byEngine]) => Object.values(byEngine))) {
    if ((observed.get(state) ?? headline) !== headline) throw new Error(`${state} has the headlines ${headline} and ${observed.get(state)}`);
    if (headline) observed.set(state, headline);
  }
  const states = [...new Set(CELLS.flatMap(({ state }) => (state && state !== 'idle' ? [state] : [])))];
  if (states.some((state) => !observed.has(state))) return null;
  return table(['Page state', 'Headline'], states.map((state) => [code(state), observed.get(state)]));
}
