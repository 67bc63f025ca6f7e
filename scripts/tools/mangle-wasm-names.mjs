// The names by which the wasm and its glue know each other. wasm-bindgen ends most of them in
// sixteen hexadecimal digits, which no compression makes smaller and which both files carry.
// Here they become a, b, c, …: the same in both. What the wasm imports from a snippet by the name of its
// file goes the same way, so that the bundler can drop the rest of the snippet's names.
import { Reader, number, sized, text } from './wasm-reader.mjs';

const MINE = /^(__wb|__externref|wasm_bindgen_)|[0-9a-f]{16}/;
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const IMPORTS = 2, EXPORTS = 7;

function* names(taken) {
  for (let i = 0; ; i += 1) {
    let name = '';
    for (let n = i; n >= 0; n = Math.floor(n / 52) - 1) name = LETTERS[n % 52] + name;
    if (!taken.has(name)) yield name;
  }
}

const SNIPPETS = './snippets/';

/** Moves the snippets' functions that the wasm imports directly to where its other imports are. */
function snippetsInto(glue, glueModule, imports, fresh) {
  const names = new Map();
  const entries = [];
  for (const { module, name } of imports.filter(({ module }) => module.startsWith(SNIPPETS))) {
    const variable = glue.match(new RegExp(`import \\* as (\\w+) from "${module.replaceAll('.', '\\.')}"`))?.[1];
    if (!variable) throw new Error(`short-names: the glue does not import ${module}`);
    const short = fresh.next().value;
    names.set(`${module} ${name}`, short);
    entries.push(`${short}: ${variable}.${name},`);
  }
  if (!entries.length) return { glue, names };
  const home = glue.match(new RegExp(`"${glueModule.replaceAll('.', '\\.')}": (\\w+)`))?.[1];
  const start = `const ${home} = {`;
  if (glue.split(start).length !== 2) throw new Error('short-names: the glue does not say where its imports are');
  const dropped = new RegExp(`^\\s*"${SNIPPETS.replaceAll('.', '\\.')}[^"]*": \\w+,?$`, 'gm');
  return { glue: glue.replace(dropped, '').replace(start, `${start} ${entries.join(' ')}`), names };
}

const importsOf = (wasm) => WebAssembly.Module.imports(new WebAssembly.Module(wasm));

/** Answers the program and its glue with short names. */
export function shortNames(wasm, glue) {
  const glueModule = importsOf(wasm).find(({ module }) => module.endsWith('_bg.js'))?.module;
  if (!glueModule || glue.split(`"${glueModule}"`).length !== 2) throw new Error('short-names: the glue does not say what the wasm calls it');
  const words = new Set(glue.match(/[\w$]+/g));
  const fresh = names(words);
  const renamed = new Map();
  const short = (name) => {
    if (!MINE.test(name) || !words.has(name)) return name;
    if (!renamed.has(name)) renamed.set(name, fresh.next().value);
    return renamed.get(name);
  };
  const shortModule = fresh.next().value;
  const snippets = snippetsInto(glue, glueModule, importsOf(wasm), fresh);

  const parts = [wasm.subarray(0, 8)];
  for (const file = new Reader(wasm, 8); file.at < wasm.length;) {
    const id = file.byte();
    const section = new Reader(file.take(file.number()));
    if (id !== IMPORTS && id !== EXPORTS) { parts.push(Buffer.from([id]), sized(section.bytes)); continue; }
    const count = section.number();
    const entries = [number(count)];
    for (let i = 0; i < count; i += 1) {
      if (id === EXPORTS) {
        const name = section.text();
        const start = section.at;
        section.byte(); section.number();
        entries.push(text(short(name)), section.bytes.subarray(start, section.at));
      } else {
        const module = section.text(), name = section.text();
        const mine = module === glueModule;
        const moved = snippets.names.get(`${module} ${name}`);
        entries.push(text(mine || moved ? shortModule : module), text(moved ?? (mine ? short(name) : name)), section.kind());
      }
    }
    parts.push(Buffer.from([id]), sized(Buffer.concat(entries)));
  }
  const program = Buffer.concat(parts);
  const script = snippets.glue.replace(`"${glueModule}"`, `"${shortModule}"`).replace(/[\w$]+/g, (word) => renamed.get(word) ?? word);

  const known = new Set(script.match(/[\w$]+/g));
  for (const { module, name } of importsOf(program)) {
    if (module === shortModule && !known.has(name)) throw new Error(`short-names: the glue has no ${name}`);
  }
  return { wasm: program, glue: script };
}
