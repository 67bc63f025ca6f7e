// Builds every baseline for production into TARGET/NAME: `node build.mjs TARGET`.
import react from '@vitejs/plugin-react';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const [target] = process.argv.slice(2);
const here = fileURLToPath(new URL('.', import.meta.url));
const baselines = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'node_modules');
for (const { name } of baselines) {
  await build({
    configFile: false, mode: 'production', root: join(here, name), base: './', logLevel: 'warn', plugins: [react()],
    build: { outDir: join(target, name), emptyOutDir: true, target: 'es2022', reportCompressedSize: false },
  });
}
