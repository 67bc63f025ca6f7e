// One element's checkout: checks what the page sets, mounts the program, hands on what happens.
// It decides what of the settings may change while a payment runs, and when the page's own way to pay is shown.
import { launch } from './module.js';
import { check } from './settings.js';
import { gateway } from './snap.js';
import style from '../../style/checkout.css';

/** While one of these lasts, a payment runs by the settings that it began with. */
const RUNNING = new Set(['preparing', 'opening', 'open', 'confirming', 'pending', 'handed-over']);
/** These change how it looks, and nothing in it. */
const LOOKS = ['language', 'texts', 'theme', 'disabled'];
/** Snap shows one popup a page; who has it says so here, see src/browser/dom.js. */
const OPEN = Symbol.for('snap-checkout.open');

let sheet;
/** The program that all elements of this copy share: `{glue, widgets, spares}`, the roots of those that are gone; after one died, the next has its own. */
let program;

function running(widget, early) {
  if (!program) {
    const mine = program = { widgets: new Set(), spares: [] };
    const over = () => { if (program === mine) program = undefined; };
    mine.glue = launch({
      early,
      progress: (loaded, total) => mine.widgets.forEach((it) => it.loading(loaded, total)),
      died: (thrown) => { over(); mine.widgets.forEach((it) => it.died(thrown)); },
    });
    mine.glue.catch(over);
  }
  program.widgets.add(widget);
  return program;
}

/** The way to the gateway is made before anybody presses: names, connection, encryption. */
function connectTo(environment) {
  const href = gateway(environment);
  if (document.querySelector(`link[rel=preconnect][href="${CSS.escape(href)}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href }));
}

/** How long a button may stay pressed before it is taken for a press whose end nobody heard. Milliseconds. */
const HELD_TAKES = 5_000;
/** What is pressed stays until it is let go, and clicked: a click whose button went away in between reaches nobody. */
const letGo = (root) => root.querySelector(':active') && new Promise((resolve) => {
  const over = new AbortController();
  const end = () => { over.abort(); setTimeout(resolve); };
  const bound = setTimeout(end, HELD_TAKES);
  over.signal.addEventListener('abort', () => clearTimeout(bound));
  for (const name of ['pointerup', 'pointercancel', 'keyup', 'blur']) addEventListener(name, end, { capture: true, signal: over.signal });
});

export class Widget {
  #port;
  #ready;
  #program;
  #glue;
  #number;
  #root;
  #settings;
  #phase = 'idle';
  #code = null;
  #refused = false;
  #held = false;
  #ended = false;
  #said = new Set();

  /** All from the shell: what the page set, the answer with the program, `show(fallback, root)`, `tell(name, detail)`. */
  constructor(element, values, early, show, tell) {
    this.#port = { element, values, early, show, tell };
  }

  /** Resolves when it is mounted; after a failure it tries again. Rejects with the fault, which was told. */
  ready() {
    return this.#ready ??= this.#mount().catch((fault) => {
      this.#leave();
      this.#say(fault, true);
      throw fault;
    });
  }

  async pay() { await this.ready(); this.#glue?.pay(this.#number); }
  async prepare() { await this.ready(); this.#glue?.prepare(this.#number); }
  async reset() { await this.ready(); this.#glue?.reset(this.#number); }

  /** The page has set something. */
  update() {
    if (!this.#glue) {
      // What was wrong may be right now.
      if (this.#refused) this.ready().catch(() => {});
      return;
    }
    const wanted = this.#wanted();
    this.#held = RUNNING.has(this.#phase);
    if (this.#held) {
      for (const name of wanted ? LOOKS : []) this.#settings[name] = wanted[name];
    } else if (wanted) {
      this.#settings = wanted;
    } else {
      this.#rest();
      this.#leave();
      this.#refused = true;
      this.#port.show(true);
      return;
    }
    this.#glue.update(this.#number, this.#settings);
  }

  /** The element is gone. */
  end() {
    this.#ended = true;
    this.#rest();
    this.#leave();
  }

  #rest() {
    if (!this.#glue) return;
    this.#glue.rest(this.#number);
    this.#root.remove();
    this.#program.spares.push({ root: this.#root, number: this.#number });
  }

  loading(loaded, total) { this.#port.tell('progress', { loaded, total }); }

  died(thrown) {
    // Its popup has nobody left who hears it.
    if (this.#phase === 'opening' || this.#phase === 'open') globalThis[OPEN] = false;
    const idle = this.#phase === 'idle';
    this.#leave();
    if (this.#ended) return;
    if (!idle) this.#port.tell('phase', { phase: 'idle', code: null });
    this.#say({ code: 'module_panicked', message: `the program broke off: ${thrown}` }, true);
  }

  #leave() {
    this.#program?.widgets.delete(this);
    this.#program = this.#glue = this.#ready = undefined;
    this.#phase = 'idle';
    this.#code = null;
    this.#held = false;
  }

  async #mount() {
    const { element, early, show } = this.#port;
    this.#refused = !this.#wanted();
    if (this.#refused) throw { told: true };
    this.#program = running(this, early);
    const glue = await this.#program.glue;
    await letGo(element.shadowRoot);
    // It may have changed meanwhile.
    const settings = this.#wanted();
    this.#refused = !settings;
    if (this.#refused) throw { told: true };
    if (this.#ended) return;
    const spare = this.#program.spares.pop();
    const root = this.#root = spare?.root ?? document.createElement('div');
    const { shadowRoot } = element;
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(`:host{display:block}:host([hidden]){display:none!important}${style}`);
    const drawn = new Promise((resolve) => new MutationObserver((_, observer) => {
      if (!root.firstElementChild) return;
      observer.disconnect();
      resolve();
    }).observe(root, { childList: true }));
    const focused = shadowRoot.activeElement;
    connectTo(settings.environment);
    this.#settings = settings;
    const tell = (name, ...details) => this.#hear(name, details);
    if (spare) glue.again(this.#number = spare.number, settings, tell);
    else this.#number = glue.mount(root, settings, tell);
    if (!this.#program) return; // It died of it.
    this.#glue = glue;
    show(false, root);
    // In place of the skeleton's, which knows of nothing but its own button and lines.
    shadowRoot.adoptedStyleSheets = [sheet];
    await drawn;
    if (focused) root.querySelector('.snap-checkout__main')?.focus();
    // Who came near before it was there is still there.
    if (element.matches(':hover')) root.firstElementChild?.dispatchEvent(new PointerEvent('pointerenter'));
  }

  /** The settings as they are now, or undefined when nothing can be paid with them. What is wrong is told. */
  #wanted() {
    const { element, values } = this.#port;
    const around = { base: document.baseURI, lang: element.closest('[lang]')?.lang, attributes: element.getAttributeNames() };
    const { settings, faults } = check(values, around);
    for (const fault of faults) this.#say(fault, !settings && !this.#glue);
    return settings;
  }

  #say(fault, fallback) {
    if (fallback) this.#port.show(true);
    const once = `${fault.code} ${fault.message}`;
    // What is wrong with an attribute is said once; a program may be missing again.
    if (fault.told || (fault.code.startsWith('attribute') && this.#said.has(once))) return;
    this.#said.add(once);
    this.#port.tell('fault', { code: fault.code, message: fault.message });
  }

  #hear(name, [first = null, second = null]) {
    const { tell } = this.#port;
    switch (name) {
      case 'phase':
        if (first === this.#phase && second === this.#code) return;
        this.#phase = first;
        this.#code = second;
        // The program is in the middle of telling: nothing enters it before it is done.
        if (this.#held && !RUNNING.has(first)) queueMicrotask(() => this.update());
        tell('phase', { phase: first, code: second });
        break;
      case 'paid': tell('paid', { order: first }); break;
      case 'close': tell('close', {}); break;
      case 'unknown-text': this.#say({ code: 'attribute_invalid', message: `texts: expected the name of a text, and got "${first}"` }, false); break;
      default: tell(name, { result: first });
    }
  }
}
