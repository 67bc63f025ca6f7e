// Puts the playground beside the shop's page: `copy-playground.mjs PACKAGE DIST`.
// dist/element/ is the npm package as it is, dist/playground/ the pages around it.
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compress } from './dist-utils.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const [made, dist] = process.argv.slice(2);
if (!made || !dist) throw new Error('usage: copy-playground.mjs PACKAGE DIST');

const fresh = async (name) => {
  const folder = path.join(dist, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
};

const element = await fresh('element');
for (const name of await readdir(made)) {
  if (/\.(js|wasm)(\.br|\.gz)?$/.test(name)) await cp(path.join(made, name), path.join(element, name));
}
const playground = await fresh('playground');
await cp(path.join(ROOT, 'playground'), playground, { recursive: true });
await cp(path.join(ROOT, 'assets', 'icon.svg'), path.join(playground, 'icon.svg'));
await compress(playground);
