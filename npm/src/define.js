// Registers <snap-checkout>. The only module of the package with a side effect on import.
import { define } from './element.js';

define();
