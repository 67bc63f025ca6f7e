// What was seen, as the tables of docs/reliability.md. Nothing there between the marks is written by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { ENGINES } from '../lib/browsers.js';
import { CELLS, FAULTS } from './table.js';

const FILE = new URL('../../../docs/reliability.md', import.meta.url);

/** Replaces the tables that this run saw enough of. */
export function write(seen) {
  let text = readFileSync(FILE, 'utf8');
  const tables = { loader: observed(seen.loader, 'Column'), module: observed(seen.module, 'What happens'), cells: matrix(seen.cells) };
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

function matrix(cells) {
  const missing = CELLS.some(({ name, why }) => !why && !cells[name]);
  if (missing) return null;
  const rows = CELLS.map(({ step, fault, name, why, on }) => {
    if (why) return [step, fault, `– ${why}`, '', '', ''];
    const tried = ENGINES.filter((engine) => cells[name]?.[engine]);
    const { state, says } = cells[name][tried[0]];
    const odd = tried.find((engine) => cells[name][engine].state !== state);
    if (odd) throw new Error(`${name}: ${odd} shows ${cells[name][odd].state}, ${tried[0]} ${state}`);
    const [phase, code] = state.split(' ');
    return [step, fault, [`\`${phase}\``, code && `\`${code}\``].filter(Boolean).join(' '), says, on, tried.map((engine) => engine[0].toUpperCase()).join(' ')];
  });
  return `${table(['Fault', 'What it is'], Object.entries(FAULTS))}\n\n${table(['Step', 'Fault', 'Phase', 'The customer reads', 'The way on that is tried', 'In'], rows)}`;
}
