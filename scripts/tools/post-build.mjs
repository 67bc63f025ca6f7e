// Trunk runs this on what it has built, before it becomes dist/. For release builds it
//   1. bundles the wasm glue, its snippets and what starts them into one minified file, so that
//      the integrity attribute covers all of it; in the page itself stays one script whose text
//      never changes, so that a Content-Security-Policy holds that knows it by its hash;
//      short-names.mjs takes the long names out of it and the wasm, and order.mjs puts what is alike in the wasm side by side;
//   2. minifies the style sheets;
//   3. names each of those files, and the wasm, by its content, and renews the integrity;
//   4. puts a .br and a .gz beside everything that compresses.
// It does not know what the page does. Whatever it does not recognise is an error: a page
// that builds but does not start is worse than a build that stops.
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { BUNDLE, EAGERLY, compress, minifiedStyle, sri } from './dist-utils.mjs';
import { ordered } from './reorder-wasm-functions.mjs';
import { shortNames } from './mangle-wasm-names.mjs';

/** The one script that stands in the page; crates/merchant/src/http/headers.rs lets it run by its hash. */
const EARLY = new URL('../../crates/merchant/src/http/web/preload.js', import.meta.url);

const fail = (message) => { throw new Error(`post-build: ${message}`); };
const env = (name) => process.env[name] ?? fail(`${name} is not set; this runs as a Trunk hook`);
const contentHash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const attribute = (tag, name) => tag.match(new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i'))?.slice(1).find((v) => v !== undefined);
const setAttribute = (tag, name, value) => tag.replace(new RegExp(`(\\s${name}\\s*=\\s*)(?:"[^"]*"|'[^']*'|[^\\s>]+)`, 'i'), (_, start) => `${start}"${value}"`);

function only(found, what) {
  if (found.length !== 1) fail(`expected one ${what} in index.html, found ${found.length}`);
  return found[0];
}

/** The file in the staging folder that a URL of the page names. */
function fileOf(url, publicUrl) {
  const name = url.startsWith(publicUrl) ? url.slice(publicUrl.length) : url;
  if (/^(\w+:)?\/\//.test(name) || name.includes('..')) fail(`${url} is not a file of this build`);
  return name.replace(/^\.?\//, '');
}

async function put(staging, stem, suffix, bytes) {
  const name = `${stem}-${contentHash(bytes)}${suffix}`;
  await writeFile(path.join(staging, name), bytes);
  return { name, integrity: sri(bytes) };
}

const stemOf = (name) => path.basename(name).replace(/[-_]?[0-9a-f]{12,}/, '').replace(/(_bg)?\.\w+$/, '') || 'app';

/** Steps 1 and 3 for the program: answers the changed page. */
async function bundleProgram(html, staging, publicUrl) {
  const scripts = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)].filter((s) => !attribute(` ${s[1]}`, 'src'));
  const data = (s) => /json|template/i.test(attribute(` ${s[1]}`, 'type') ?? '');
  const [inline, code] = only(scripts.filter((s) => !data(s)).map((s) => [s[0], s[2]]), 'inline script (Trunk\'s own)');

  const glueUrl = code.match(/import\s+init\b[^'"]*from\s*['"]([^'"]+\.js)['"]/)?.[1] ?? fail('the start script imports no glue');
  const wasmUrl = code.match(/['"]([^'"]+\.wasm)['"]/)?.[1] ?? fail('the start script names no wasm');
  const glue = fileOf(glueUrl, publicUrl);
  const oldWasm = fileOf(wasmUrl, publicUrl);
  const short = shortNames(await readFile(path.join(staging, oldWasm)), await readFile(path.join(staging, glue), 'utf8'));
  const wasm = await put(staging, stemOf(glue), '.wasm', await ordered(short.wasm));

  // Trunk's own start script also publishes every export and an event; nothing here listens. The glue's own way
  // to begin takes whatever a program may be given as; this one is given as a URL. A server that serves it as
  // another type than application/wasm costs the streaming, no more.
  await writeFile(path.join(staging, glue), `${short.glue}\nexport { __wbg_get_imports, __wbg_finalize_init };`);
  const start = `import { __wbg_get_imports, __wbg_finalize_init } from './${glue}';
    const url = '${publicUrl}${wasm.name}', imports = __wbg_get_imports();
    WebAssembly.instantiateStreaming(self.storefront ?? fetch(url), imports)
      .catch(async () => WebAssembly.instantiate(await (await fetch(url)).arrayBuffer(), imports))
      .then(({ instance, module }) => __wbg_finalize_init(instance, module));`;
  const { outputFiles, metafile } = await esbuild.build({
    stdin: { contents: start, resolveDir: staging, sourcefile: 'start.js' },
    ...BUNDLE, metafile: true, absWorkingDir: staging,
  });
  const script = await put(staging, stemOf(glue), '.js', Buffer.from(EAGERLY + outputFiles[0].text));
  const bundled = Object.keys(metafile.inputs).filter((input) => input !== 'start.js' && input !== '<stdin>');

  for (const file of [oldWasm, ...bundled]) await rm(path.join(staging, file));
  // Trunk also copies snippets of earlier builds; those that count are in the bundle.
  await rm(path.join(staging, 'snippets'), { recursive: true, force: true });

  // What was bundled needs no preload any more. The wasm is asked for by a script in the page: WebKit would ask for what
  // a link preloads a second time. Its text is always the same, so that the merchant's policy can know it, and it
  // stands before the style sheets, which it would have to wait for.
  const links = [...html.matchAll(/<link\b[^>]*>/gi)].map((m) => m[0]);
  const rel = (tag) => attribute(tag, 'rel')?.toLowerCase();
  for (const tag of links.filter((t) => rel(t) === 'modulepreload')) {
    const file = fileOf(attribute(tag, 'href'), publicUrl);
    if (!bundled.includes(file) && !file.startsWith('snippets/')) fail(`${file} is preloaded as a module but is no part of the program`);
    html = html.replace(tag, '');
  }
  html = html.replace(only(links.filter((t) => rel(t) === 'preload' && attribute(t, 'href')?.endsWith('.wasm')), 'wasm preload'), '');
  const early = (await readFile(EARLY, 'utf8')).trim();
  html = html.replace(/<link\b/i, (link) => `<script data-wasm="${publicUrl}${wasm.name}">${early}</script>\n  ${link}`);
  return html.replace(inline, () => `<script type="module" src="${publicUrl}${script.name}" crossorigin="anonymous" integrity="${script.integrity}"></script>`);
}

/** Steps 2 and 3 for style sheets. */
async function minifyStyles(html, staging, publicUrl) {
  for (const [tag] of [...html.matchAll(/<link\b[^>]*>/gi)]) {
    const href = attribute(tag, 'href');
    if (attribute(tag, 'rel')?.toLowerCase() !== 'stylesheet' || /^(https?:)?\/\//.test(href)) continue;
    const file = fileOf(href, publicUrl);
    const code = await minifiedStyle(await readFile(path.join(staging, file), 'utf8'));
    const style = await put(staging, stemOf(file), '.css', Buffer.from(code));
    if (style.name !== file) await rm(path.join(staging, file));
    html = html.replace(tag, () => setAttribute(setAttribute(tag, 'href', publicUrl + style.name), 'integrity', style.integrity));
  }
  return html;
}

/** Nothing that the page names may be missing, and nothing may run inline. */
async function verify(html, staging, publicUrl) {
  for (const [tag] of html.matchAll(/<(?:link|script)\b[^>]*\bintegrity\b[^>]*>/gi)) {
    const file = fileOf(attribute(tag, 'href') ?? attribute(tag, 'src'), publicUrl);
    const bytes = await readFile(path.join(staging, file)).catch(() => fail(`${file} is named by the page but was not built`));
    if (attribute(tag, 'integrity') !== sri(bytes)) fail(`the integrity of ${file} does not hold`);
  }
  if (/<[^>]+\son[a-z]+\s*=/i.test(html)) fail('the page has an inline event handler, which the policy forbids');
}

if (env('TRUNK_PROFILE') === 'release') {
  const staging = env('TRUNK_STAGING_DIR');
  const publicUrl = env('TRUNK_PUBLIC_URL');
  const page = path.join(staging, 'index.html');
  let html = await readFile(page, 'utf8');
  html = await bundleProgram(html, staging, publicUrl);
  html = await minifyStyles(html, staging, publicUrl);
  await verify(html, staging, publicUrl);
  await writeFile(page, html);
  await compress(staging);
}
