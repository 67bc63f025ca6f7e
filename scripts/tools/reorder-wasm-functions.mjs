// The order of a program's functions: each beside one that resembles it. It runs the same in any order; brotli names
// what repeats by how far back it was, so what is alike costs less when it is near.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Reader, number, sized, text } from './wasm-reader.mjs';

const WASM_OPT = fileURLToPath(new URL('node_modules/.bin/wasm-opt', import.meta.url));
const IMPORTS = 2, CODE = 10;
/** What the wasm may use, as in index.html: with more, wasm-opt would write nulls in a way that older browsers cannot read. */
const FEATURES = ['bulk-memory', 'nontrapping-float-to-int', 'sign-ext', 'mutable-globals', 'reference-types', 'multivalue'].map((name) => `--enable-${name}`);
/** What two functions share is counted in runs of so many bytes. */
const RUN = 4;

/** The bodies of all functions, and how many are imported before them. */
function functions(wasm) {
  const bodies = [];
  let imported = 0;
  for (const file = new Reader(wasm, 8); file.at < wasm.length;) {
    const id = file.byte();
    const section = new Reader(file.take(file.number()));
    if (id !== IMPORTS && id !== CODE) continue;
    for (let left = section.number(); left > 0; left -= 1) {
      if (id === CODE) bodies.push(section.take(section.number()));
      else {
        section.text(); section.text();
        if (section.kind()[0] === 0) imported += 1;
      }
    }
  }
  return { bodies, imported };
}

function runs(body) {
  const found = new Set();
  for (let at = 0; at + RUN <= body.length; at += 1) found.add(body[at] + body[at + 1] * 0x100 + body[at + 2] * 0x10000 + body[at + 3] * 0x1000000);
  return found;
}

/** From the largest on, always to the one that shares most with the last. */
function chain(bodies) {
  const sets = bodies.map(runs);
  const alike = (one, other) => {
    const [few, many] = one.size < other.size ? [one, other] : [other, one];
    let shared = 0;
    for (const run of few) if (many.has(run)) shared += 1;
    return shared / Math.sqrt(one.size * other.size + 1);
  };
  const left = new Set(bodies.keys());
  let last = bodies.reduce((largest, body, at) => (body.length > bodies[largest].length ? at : largest), 0);
  const order = [];
  for (;;) {
    order.push(last);
    left.delete(last);
    if (!left.size) return order;
    let next, most = -1;
    for (const at of left) {
      const much = alike(sets[last], sets[at]);
      if (much > most) { most = much; next = at; }
    }
    last = next;
  }
}

/** The same program with its functions in that order. The order is told by names, which are taken away again. */
export async function ordered(wasm) {
  const { bodies, imported } = functions(wasm);
  const place = new Map(chain(bodies).map((at, index) => [at, index]));
  const names = bodies.map((_, at) => Buffer.concat([number(at + imported), text(String(place.get(at)).padStart(6, '0'))]));
  const section = Buffer.concat([text('name'), Buffer.from([1]), sized(Buffer.concat([number(names.length), ...names]))]);
  const folder = await mkdtemp(path.join(tmpdir(), 'snap-checkout-'));
  try {
    const [from, to] = ['from.wasm', 'to.wasm'].map((name) => path.join(folder, name));
    await writeFile(from, Buffer.concat([wasm, Buffer.from([0]), sized(section)]));
    await promisify(execFile)(WASM_OPT, ['--mvp-features', ...FEATURES, '--reorder-functions-by-name', '--strip-debug', from, '-o', to]);
    return await readFile(to);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
