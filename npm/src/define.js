// Registers <snap-checkout>. The one module of the package that does something by being imported.
import { define } from './element.js';

define();
