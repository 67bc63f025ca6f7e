// Every spec, in every engine that E2E_BROWSERS names (all three unless told otherwise).
import { readdirSync } from 'node:fs';
import { runAll } from './lib/runner.js';

for (const file of readdirSync(new URL('specs/', import.meta.url)).sort()) await import(`./specs/${file}`);
runAll();
