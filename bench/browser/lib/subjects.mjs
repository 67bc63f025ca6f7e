// The measured sides: the files, the selector of the button, and the condition for a reaction to a click.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compress } from './site.mjs';

const section = "document.querySelector('.checkout')";
const element = "document.querySelector('snap-checkout')";
const main = `(${element}.shadowRoot.querySelector('.snap-checkout__main') ?? ${element}.shadowRoot.querySelector('button'))`;

const baseline = { button: `${section}.querySelector('button')`, reacts: `${section}.ariaBusy === 'true'`, ready: section };
export const SIDES = {
  subject: {
    button: main,
    // Before wasm the button itself is busy, afterwards its section is.
    reacts: `${main}.ariaBusy === 'true' || ${element}.shadowRoot.querySelector('[aria-busy=true]') !== null`,
    ready: `${element}.shadowRoot.querySelector('.snap-checkout__main')`,
  },
  vanilla: baseline,
  sequential: baseline,
  react: baseline,
};

/** Writes the package and the variants of the element's page to `target`. */
export function writeSubject(packed, target) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const { exports } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  const entry = exports['./script'];
  const script = typeof entry === 'string' ? entry : entry.default ?? entry.import;
  for (const name of readdirSync(packed)) if (!/\.(tgz|md)$/.test(name)) cpSync(join(packed, name), join(target, name), { recursive: true });
  const page = readFileSync(new URL('../subject/index.html', import.meta.url), 'utf8').replace('SCRIPT', script);
  const fallback = '<a href="GATEWAY_ORIGIN/pay">Bayar di halaman Midtrans</a>';
  writeFileSync(join(target, 'index.html'), page);
  // docs/embed/script-tag.md recommends an inline shell for a page whose purpose is to pay.
  const shell = readFileSync(join(packed, 'inline.js'), 'utf8');
  writeFileSync(join(target, 'inline.html'), page.replace(/<script .*<\/script>/, () => `<script data-src="script.js">${shell}</script>`));
  writeFileSync(join(target, 'fallback.html'), page.replace('<!--inside-->', fallback));
  writeFileSync(join(target, 'prepared.html'), page.replace('<snap-checkout ', '<snap-checkout prepare-on-intent '));
  compress(target);
}
