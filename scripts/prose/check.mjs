// Checks the prose: Markdown files, and the doc comments of Rust files.
//
//   npm run check --prefix scripts/prose
//
// A finding is a phrase of banned-phrases.txt, a sentence of more than 30 words, or a README of more than 150 lines.
// Code and quotations are exempt. A doc comment is checked as Markdown; line numbers are those of the source.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TextlintKernel, TextlintKernelDescriptor } from '@textlint/kernel';
import markdownPlugin from '@textlint/textlint-plugin-markdown';
import maxWordCount from 'textlint-rule-en-max-word-count';
import stopWords from 'textlint-rule-stop-words';

const MAX_WORDS = 30;
const MAX_README_LINES = 150;

const root = join(import.meta.dirname, '..', '..');
const phrases = readFileSync(join(import.meta.dirname, 'banned-phrases.txt'), 'utf8').split('\n').filter(Boolean);

const descriptor = new TextlintKernelDescriptor({
  plugins: [{ pluginId: 'markdown', plugin: markdownPlugin.default ?? markdownPlugin }],
  rules: [
    { ruleId: 'banned-phrase', rule: stopWords, options: { defaultWords: false, words: phrases.map((phrase) => [phrase]) } },
    { ruleId: 'sentence-length', rule: maxWordCount.default ?? maxWordCount, options: { max: MAX_WORDS } },
  ],
  filterRules: [],
});

/** Blanks fenced code. Replaces inline code, quotations and link targets by one word each. */
const proseOf = (markdown) => {
  let fenced = false;
  const lines = markdown.split('\n').map((line) => {
    if (/^\s*(```|~~~)/.test(line)) { fenced = !fenced; return ''; }
    return fenced ? '' : line;
  });
  return lines.join('\n')
    .replace(/`[^`\n]*`/g, 'code')
    .replace(/["“][^"”\n]{1,160}["”]/g, 'quotation')
    .replace(/\]\([^)\n]*\)/g, '](link)');
};

/** The doc comments of a Rust file, each on its own line. All other lines are empty. */
const docCommentsOf = (source) =>
  source.split('\n').map((line) => /^\s*\/\/[/!] ?(.*)$/.exec(line)?.[1] ?? '').join('\n');

/** The files that Git tracks or would track, so that a new file is checked before it is committed. */
const sources = () => {
  const options = { cwd: root, encoding: 'utf8' };
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md', '*.rs'], options);
  return list.split('\0').filter(Boolean);
};

const kernel = new TextlintKernel();
const findings = [];
const files = sources();
for (const file of files) {
  let source;
  try { source = readFileSync(join(root, file), 'utf8'); } catch { continue; }
  const text = proseOf(file.endsWith('.rs') ? docCommentsOf(source) : source);
  const { messages } = await kernel.lintText(text, { ...descriptor.toKernelOptions(), ext: '.md', filePath: `${file}.md` });
  for (const { line, message, ruleId } of messages) findings.push(`${file}:${line}: ${ruleId}: ${message.split('\n')[0]}`);
}
const readmeLines = readFileSync(join(root, 'README.md'), 'utf8').trimEnd().split('\n').length;
if (readmeLines > MAX_README_LINES) findings.push(`README.md: ${readmeLines} lines; at most ${MAX_README_LINES} are allowed`);

for (const finding of findings) console.log(finding);
console.log(`${files.length} files checked, ${findings.length} findings`);
if (findings.length) {
  console.log('next: rewrite each sentence with an actor, a verb and an object; CONTRIBUTING.md has the writing rules');
  process.exitCode = 1;
}
