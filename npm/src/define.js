// Registers <snap-checkout>. The one module of the package that does something by being imported.
import { define } from './shell.js';

define();
