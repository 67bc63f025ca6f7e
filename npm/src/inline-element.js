// The shell for a page that contains it inline and starts to load the program at once, see docs/embed/script-tag.md.
// Preload links would be as fast, but WebKit then requests the files twice.
import { define, start } from './element.js';

if (define()) start();
