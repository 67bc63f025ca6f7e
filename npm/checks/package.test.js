// Checks the package as installed: node_modules/snap-checkout is the unpacked tarball.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as esbuild from '../../scripts/tools/node_modules/esbuild/lib/main.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const INSTALLED = `${HERE}node_modules/snap-checkout/`;
const files = readdirSync(INSTALLED, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.replaceAll('//', '/').slice(INSTALLED.length));
const read = (file) => readFileSync(INSTALLED + file, 'latin1');
const manifest = JSON.parse(read('package.json'));

test('the package has exactly these files', () => {
  assert.deepEqual(files.sort(), [
    'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'checkout.js', 'checkout.wasm', 'define.d.ts', 'define.js', 'docs/errors.md', 'element.js', 'index.d.ts', 'index.js', 'inline.js',
    'jsx.d.ts', 'mock.d.ts', 'mock.js', 'package.json', 'react.d.ts', 'script.js', 'svelte.d.ts', 'types.js', 'vue.d.ts',
  ]);
});

test('the package has no keys, secrets, server code or paths of the build machine', () => {
  // A key has at least eight characters after its prefix. The package contains the bare prefix, to refuse server keys.
  const forbidden = [
    /Mid-(server|client)-[A-Za-z0-9_]{8,}/i, /-----BEGIN/, /\bnpm_[A-Za-z0-9]{20}/, /MIDTRANS_SERVER_KEY/, /sqlx::|axum::|hyper::|tokio::/, /\.cargo\b|\/registry\/src\//, /\/rustc\/[0-9a-f]{40}/,
    new RegExp(`(?<![\\w.])/(${['ro' + 'ot', 'ho' + 'me', 'wo' + 'rk', 'Us' + 'ers', 'tmp'].join('|')})/`), /sourceMappingURL/, /registry\.npmjs\.org/,
  ];
  for (const file of files) for (const pattern of forbidden) assert.doesNotMatch(read(file), pattern, file);
});

test('the package has no dependencies and no install scripts', () => {
  for (const name of ['dependencies', 'peerDependencies', 'optionalDependencies', 'scripts', 'bin', 'private']) assert.equal(manifest[name], undefined, name);
});

test('every file in `exports` exists', () => {
  for (const [entry, target] of Object.entries(manifest.exports)) {
    for (const file of typeof target === 'string' ? [target] : Object.values(target)) assert.ok(files.includes(file.slice(2)), `${entry}: ${file}`);
  }
});

/** Runs a module in a new Node.js process, which has no DOM. */
const runInNode = (script) => execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: HERE, encoding: 'utf8' });

test('on a server every entry can be imported without side effects', () => {
  const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json')).map((entry) => entry.replace('.', 'snap-checkout'));
  assert.equal(entries.length, 7);
  const output = runInNode(`
    const before = Reflect.ownKeys(globalThis).length;
    const exported = {};
    for (const entry of ${JSON.stringify(entries)}) exported[entry] = Object.keys(await import(entry)).sort();
    const { define } = await import('snap-checkout');
    define();
    console.log(JSON.stringify({ exported, newGlobals: Reflect.ownKeys(globalThis).length - before }));
  `);
  assert.deepEqual(JSON.parse(output), {
    exported: {
      'snap-checkout': ['define', 'loadSnap', 'mount', 'pay'], 'snap-checkout/define': [], 'snap-checkout/mock': ['createSnapMock'], 'snap-checkout/script': [],
      'snap-checkout/react': [], 'snap-checkout/vue': [], 'snap-checkout/svelte': [],
    },
    newGlobals: 0,
  });
});

const bundle = async (contents) => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: HERE }, bundle: true, format: 'esm', write: false, external: ['*.wasm'], logLevel: 'error',
  });
  return outputFiles[0].text;
};

test('bundlers drop unused functions and keep the element', async () => {
  assert.equal((await bundle("import 'snap-checkout';")).trim(), '');
  assert.doesNotMatch(await bundle("import { loadSnap } from 'snap-checkout'; loadSnap();"), /adoptedStyleSheets/);
  assert.match(await bundle("import 'snap-checkout/define';"), /adoptedStyleSheets/);
});

test('bundlers do not rewrite the URL of the second attempt', () => {
  assert.match(read('element.js'), /import\(\/\*webpackIgnore:true\*\/\/\*@vite-ignore\*\/new URL\(/);
});

test('the types and the element have the same properties', () => {
  const inTypes = read('index.d.ts').match(/interface SnapCheckoutProperties \{([\s\S]*?)\n\}/)[1];
  const names = [...inTypes.matchAll(/^ {2}(\w+)\?:/gm)].map((match) => match[1]).sort();
  const output = runInNode(`
    globalThis.HTMLElement = class {};
    globalThis.customElements = { get() {}, define(name, element) { globalThis.element = element; } };
    globalThis.CSSStyleSheet = class { replaceSync() {} };
    await import('snap-checkout/define');
    const shell = Object.getPrototypeOf(element.prototype);
    console.log(JSON.stringify(Object.getOwnPropertyNames(shell).filter((name) => Object.getOwnPropertyDescriptor(shell, name).set).sort()));
  `);
  assert.deepEqual(JSON.parse(output), names);
});

test('the types have exactly the texts of the component', () => {
  const quoted = (source, [from, to], pattern) => [...source.slice(source.indexOf(from)).split(to)[0].matchAll(pattern)].map((match) => match[1]);
  const rust = readFileSync(`${HERE}../../src/i18n/keys.rs`, 'utf8');
  const known = quoted(rust.slice(rust.indexOf('\nkeys! {') + 8), ['', '}'], /(\w+)\s*,/g);
  assert.ok(known.length > 50, `only ${known.length} texts found`);
  assert.deepEqual(quoted(read('index.d.ts'), ['type TextName', ';'], /'(\w+)'/g), known);
});

test('the types have every phase, and every fault of the element is documented', () => {
  const view = readFileSync(`${HERE}../../src/view.rs`, 'utf8');
  const phases = [...view.slice(view.indexOf('pub fn name(')).split('\n}')[0].matchAll(/=> "([\w-]+)"/g)].map((match) => match[1]);
  const types = read('index.d.ts');
  const typed = [...types.slice(types.indexOf('type Phase =')).split(';')[0].matchAll(/'([\w-]+)'/g)].map((match) => match[1]);
  assert.ok(phases.length > 10);
  assert.deepEqual([...typed].sort(), [...new Set(phases)].sort());
  const codes = new Set([read('script.js'), read('checkout.js')].flatMap((code) => code.match(/\b(module|attribute)_(missing|invalid|unsupported|panicked)\b/g)));
  assert.equal(codes.size, 5);
  for (const code of codes) {
    assert.ok(read('docs/errors.md').includes(`<a id="${code}"></a>`), code);
    assert.ok(types.includes(`'${code}'`), code);
  }
});
