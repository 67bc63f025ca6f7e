// Runs every spec in every engine of E2E_BROWSERS, by default all three.
import { readdirSync } from 'node:fs';
import { runAll } from './lib/runner.js';

for (const file of readdirSync(new URL('specs/', import.meta.url)).sort()) await import(`./specs/${file}`);
runAll();
