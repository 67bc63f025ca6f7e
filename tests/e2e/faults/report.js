// What was seen, as the tables of docs/reliability.md. Nothing there between the marks is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINES } from '../lib/browsers.js';
import { CELLS, FAULTS } from './fault-matrix.js';

const code = (state) => state.split(' ').map((word) => `\`${word}\``).join(' ');

const FILE = new URL('../../../docs/reliability.md', import.meta.url);

/** Replaces the tables that this run saw enough of. */
export function write(seen) {
  let text = readFileSync(FILE, 'utf8');
  const tables = { loader: observed(seen.loader, 'Column'), module: observed(seen.module, 'What happens'), cells: matrix(), words: words(seen.cells) };
  for (const [name, table] of Object.entries(tables)) {
    const [begin, end] = [`<!-- ${name}: written by scripts/test faults -->\n`, `\n<!-- end of ${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < 0) throw new Error(`docs/reliability.md has no place for ${name}`);
    if (table === null) continue;
    text = text.slice(0, from + begin.length) + table + text.slice(to);
  }
  writeFileSync(FILE, text);
}

function row(...fields) {
  return `| ${fields.join(' | ')} |`;
}

function table(head, rows) {
  return [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((one) => row(...one))].join('\n');
}

/** One line a thing; one word for all engines where they agree. */
function observed(things, title) {
  const rows = Object.entries(things).map(([what, by]) => [what, ...ENGINES.map((engine) => by[engine])]);
  if (!rows.length || rows.flat().includes(undefined)) return null;
  return table([title, 'Chromium', 'Firefox', 'WebKit'], rows);
}

/** What the table asks for, which every cell that is played is held to. */
function matrix() {
  const rows = CELLS.map(({ step, fault, why, sees, on }) => (why ? [step, fault, `– ${why}`, ''] : [step, fault, code(sees), on]));
  return `${table(['Fault', 'What it is'], Object.entries(FAULTS))}\n\n${table(['Step', 'Fault', 'The page stands at', 'The way on'], rows)}`;
}

/** The headline of each state, as it was read; in all engines the same. Without storage the language is another. */
function words(cells) {
  const read = new Map();
  const english = Object.entries(cells).filter(([name]) => !name.endsWith('storage forbidden'));
  for (const { state, says } of english.flatMap(([, by]) => Object.values(by))) {
    if ((read.get(state) ?? says) !== says) throw new Error(`${state} reads ${says} and ${read.get(state)}`);
    if (says) read.set(state, says);
  }
  const wanted = new Set(CELLS.flatMap(({ sees }) => (sees && sees !== 'idle' ? [sees] : [])));
  if ([...wanted].some((state) => !read.has(state))) return null;
  return table(['The page stands at', 'The customer reads'], [...wanted].map((state) => [code(state), read.get(state)]));
}
