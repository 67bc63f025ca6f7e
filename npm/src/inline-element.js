// The shell as a page holds it itself, see docs/embed/script-tag.md: a page whose purpose is to pay wants the rest at once.
// Links that preload would be as quick; WebKit asks twice then.
import { define, start } from './element.js';

if (define()) start();
