// What is measured: where its files are, where its button is, and how it shows that a press was heard.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compress } from './site.mjs';

const section = "document.querySelector('.checkout')";
const element = "document.querySelector('snap-checkout')";
const main = `(${element}.shadowRoot.querySelector('.snap-checkout__main') ?? ${element}.shadowRoot.querySelector('button'))`;

const peer = { button: `${section}.querySelector('button')`, reacts: `${section}.ariaBusy === 'true'`, ready: section };
export const SIDES = {
  ours: {
    button: main,
    // The skeleton's button says so itself, the finished one through its section.
    reacts: `${main}.ariaBusy === 'true' || ${element}.shadowRoot.querySelector('[aria-busy=true]') !== null`,
    ready: `${element}.shadowRoot.querySelector('.snap-checkout__main')`,
  },
  vanilla: peer,
  sequential: peer,
  react: peer,
};

/** Lays out the element's page in its variants, beside the built package: as it is documented, preparing on intent, many. */
export function layOut(packed, target) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const { exports } = JSON.parse(readFileSync(join(packed, 'package.json'), 'utf8'));
  const entry = exports['./script'];
  const script = typeof entry === 'string' ? entry : entry.default ?? entry.import;
  for (const name of readdirSync(packed)) if (!/\.(tgz|md)$/.test(name)) cpSync(join(packed, name), join(target, name), { recursive: true });
  const page = readFileSync(new URL('../subject/index.html', import.meta.url), 'utf8').replace('SCRIPT', script);
  const inside = '<a href="GATEWAY_ORIGIN/pay">Bayar di halaman Midtrans</a>';
  writeFileSync(join(target, 'index.html'), page);
  // As docs/embed/script-tag.md has it for a page whose purpose is to pay: the shell stands in the page.
  const shell = readFileSync(join(packed, 'inline.js'), 'utf8');
  writeFileSync(join(target, 'written.html'), page.replace(/<script .*<\/script>/, () => `<script data-src="script.js">${shell}</script>`));
  writeFileSync(join(target, 'fallback.html'), page.replace('<!--inside-->', inside));
  writeFileSync(join(target, 'prepared.html'), page.replace('<snap-checkout ', '<snap-checkout prepare-on-intent '));
  compress(target);
}
