// Makes the npm package out of npm/ and the element's wasm: `package.mjs ELEMENT OUT`.
// ELEMENT is what wasm-bindgen and wasm-opt left: the wasm, its glue, its snippets.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { BUNDLE, EAGERLY, compress, minifiedStyle } from './dist-utils.mjs';
import { ordered } from './reorder-wasm-functions.mjs';
import { shortNames } from './mangle-wasm-names.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NPM = path.join(ROOT, 'npm');
/** What the wasm exports for us; see src/element/main.rs. */
const CALLS = ['mount', 'update', 'pay', 'prepare', 'reset', 'end'];
const EAGER = new Set(['checkout', 'script']);
const [element, out] = process.argv.slice(2);
if (!element || !out) throw new Error('usage: build-package.mjs ELEMENT OUT');

/** The glue as a function that makes it anew with each call: its variables are one program's. */
async function glueFactory(glue) {
  const ours = glue.match(/from "(.\/snippets\/[^"]*\/platform\.js)"/)?.[1];
  if (!ours) throw new Error('package: the glue does not import platform.js');
  const stdin = {
    contents: `${glue}\nexport { __wbg_get_imports as imports, __wbg_finalize_init as begin };\nexport { endAll } from "${ours}";`,
    resolveDir: element, sourcefile: 'element.js',
  };
  const keep = `export { ${['imports', 'begin', 'endAll', ...CALLS].join(', ')} } from 'element';`;
  const { outputFiles } = await esbuild.build({
    ...BUNDLE, format: 'iife', globalName: 'glue', stdin: { contents: keep, resolveDir: element },
    plugins: [{
      name: 'element',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^element$/ }, () => ({ path: 'element', namespace: 'element' }));
        onLoad({ filter: /.*/, namespace: 'element' }, () => ({ contents: stdin.contents, resolveDir: element }));
      },
    }],
  });
  return `export default () => { ${outputFiles[0].text}; return glue; };`;
}

async function bundle(name, options = {}) {
  const { outputFiles } = await esbuild.build({ ...BUNDLE, entryPoints: [path.join(NPM, 'src', `${options.from ?? name}.js`)], ...options.build });
  // Bundlers are to leave an address that is made when it is needed alone; esbuild drops such comments.
  // The file for a script tag meets none.
  const made = (EAGER.has(name) ? EAGERLY : '') + outputFiles[0].text;
  const text = name === 'script' ? made : made.replaceAll('import(new URL(', 'import(/*webpackIgnore:true*//*@vite-ignore*/new URL(');
  await writeFile(path.join(out, `${name}.js`), text);
}

/** script.js as a page holds it itself, so that its button needs no request; where it would be otherwise, its tag says. */
async function inlined() {
  const { outputFiles } = await esbuild.build({
    ...BUNDLE, entryPoints: [path.join(NPM, 'src/inline-element.js')], external: ['./checkout.js'], define: { 'import.meta.url': 'BASE' },
  });
  const parts = outputFiles[0].text.trim().split('import("./checkout.js")');
  if (parts.length !== 2) throw new Error('package: the shell no longer imports checkout.js in one place');
  const text = `(BASE=>{if(!BASE)throw"data-src?";BASE=new URL(BASE,document.baseURI);${parts.join('import(new URL("./checkout.js",BASE))')}})(document.currentScript.dataset.src)`;
  if (/<\/?script|<!--|\bexport\b/i.test(text)) throw new Error('package: inline.js would end the script tag that it stands in');
  await writeFile(path.join(out, 'inline.js'), text);
}

await rm(out, { recursive: true, force: true });
await mkdir(path.join(out, 'docs'), { recursive: true });

const short = shortNames(await readFile(path.join(element, 'element_bg.wasm')), await readFile(path.join(element, 'element.js'), 'utf8'));
const program = await ordered(short.wasm);
await writeFile(path.join(out, 'checkout.wasm'), program);
const factory = await glueFactory(short.glue);
const inside = {
  name: 'inside',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^glue$/ }, () => ({ path: 'glue', namespace: 'glue' }));
    onLoad({ filter: /.*/, namespace: 'glue' }, () => ({ contents: factory }));
    onLoad({ filter: /\.css$/ }, async ({ path: file }) => ({ contents: await minifiedStyle(await readFile(file, 'utf8')), loader: 'text' }));
  },
};
await bundle('checkout', {
  from: 'mounted-checkout',
  build: { plugins: [inside], define: { WASM_BYTES: String(program.length) } },
});
await bundle('element', { build: { external: ['./checkout.js'] } });
await bundle('script', { from: 'define', build: { external: ['./checkout.js'] } });
await inlined();
for (const name of ['index', 'define']) await bundle(name, { build: { external: ['./element.js'] } });
for (const name of ['mock', 'types']) await bundle(name);

const manifest = JSON.parse(await readFile(path.join(NPM, 'package.json'), 'utf8'));
const version = (await readFile(path.join(ROOT, 'Cargo.toml'), 'utf8')).match(/^version = "(.*)"$/m)[1];
if (manifest.version !== version) throw new Error(`npm/package.json is version ${manifest.version}, Cargo.toml is ${version}`);
await writeFile(path.join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
for (const file of ['LICENSE-MIT', 'LICENSE-APACHE']) await cp(path.join(ROOT, file), path.join(out, file));
// What concerns a page, without what it points to in the repository.
const [errors, backend] = (await readFile(path.join(ROOT, 'docs/errors.md'), 'utf8')).split('## From the backend');
if (!backend) throw new Error('docs/errors.md has no part "From the backend" to leave out');
await writeFile(path.join(out, 'docs/errors.md'), `${errors.replace(/\[([^\]]+)\]\((?!#)[^)]*\)/g, '$1').trim()}\n`);
await cp(path.join(NPM, 'README.md'), path.join(out, 'README.md'));
await cp(path.join(NPM, 'types'), out, { recursive: true });
await compress(out);
