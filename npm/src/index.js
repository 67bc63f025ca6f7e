// The package for those who want functions. Importing it does nothing, on a server too.
import { define } from './element.js';
import { loadSnap } from './load-snap.js';
import { pay } from './pay.js';
import { mount } from './mount.js';

export { define, loadSnap, mount, pay };
