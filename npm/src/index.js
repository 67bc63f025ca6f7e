// The functions of the package. Importing it has no side effect, also on a server.
import { define } from './element.js';
import { loadSnap } from './load-snap.js';
import { pay } from './pay.js';
import { mount } from './mount.js';

export { define, loadSnap, mount, pay };
