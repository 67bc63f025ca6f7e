// One element's checkout: checks what the page sets, mounts the program, hands on what happens.
// It decides what of the settings may change while a payment runs, and when the page's own way to pay is shown.
import { launch } from './wasm-loader.js';
import { check } from './validate-attributes.js';
import { gateway } from './load-snap.js';
import style from '../../style/checkout.css';

/** While one of these lasts, a payment runs by the settings that it began with. */
const RUNNING = new Set(['preparing', 'opening', 'open', 'confirming', 'pending', 'handed-over']);
const PAID = new Set(['paid', 'reported']);
/** These change how it looks, and nothing in it. */
const LOOKS = ['language', 'texts', 'theme', 'disabled'];
const IDLE = { phase: 'idle', code: null };
/** Snap shows one popup a page; who has it says so here, see src/effects/platform.js. */
const OPEN = Symbol.for('snap-checkout.open');

let sheet;
/** The program that all elements of this copy share: `{glue, widgets}`; after one died, the next has its own. */
let program;

function running(widget, early) {
  if (!program) {
    const mine = program = { widgets: new Set() };
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

/** Ends a task: on a slow phone the page answers between two of them. */
const breath = () => new Promise((resolve) => setTimeout(resolve));
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
  #refused = false;
  #held = false;
  /** The element is off the page. */
  #gone = false;
  /** Goes up when what was begun is given up. */
  #round = 0;
  /** Ends the wait for the first drawing. */
  #over;
  #due = false;
  #told = new Set();

  /** All from the shell: what the page set, `{phase, code}` to be kept up to date, the answer with the program, `show(fallback)`. */
  constructor(element, values, said, early, show) {
    this.#port = { element, values, said, early, show };
  }

  /** Resolves when it is mounted; after a failure it tries again. Rejects with the fault, which was told. */
  ready() {
    const round = this.#round;
    return this.#ready ??= this.#mount().catch((fault) => {
      if (round === this.#round) {
        this.#leave();
        this.#say(fault, true);
      }
      throw fault;
    });
  }

  async pay() { await this.ready(); this.#glue?.pay(this.#number); }
  async prepare() { await this.ready(); this.#glue?.prepare(this.#number); }
  async reset() { await this.ready(); this.#glue?.reset(this.#number); }

  /** The page has set something, taken the element away or put it back; once for all that it did together. */
  follow() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => {
      this.#due = false;
      this.#catchUp();
    });
  }

  #catchUp() {
    const { element, show } = this.#port;
    const back = this.#gone && element.isConnected;
    if (element.isConnected) {
      this.#gone = false;
      if (this.#glue) this.#update();
      // What was wrong may be right now.
      else if (this.#refused || back) this.ready().catch(() => {});
    } else if (!this.#gone) {
      this.#gone = true;
      this.#unmount();
      this.#leave();
      show();
    }
  }

  #update() {
    const wanted = this.#wanted();
    this.#held = RUNNING.has(this.#port.said.phase);
    if (this.#held) {
      for (const name of wanted ? LOOKS : []) this.#settings[name] = wanted[name];
    } else if (wanted) {
      this.#settings = wanted;
    } else if (PAID.has(this.#port.said.phase)) {
      // It stays so: the page's own way to pay would lead to paying again.
      return;
    } else {
      this.#unmount();
      this.#leave();
      this.#refused = true;
      this.#port.show(true);
      return;
    }
    this.#glue.update(this.#number, this.#settings);
  }

  #unmount() {
    if (!this.#glue) return;
    this.#glue.end(this.#number);
    this.#root.remove();
  }

  loading(loaded, total) { this.#tell('progress', { loaded, total }); }

  died(thrown) {
    const { phase } = this.#port.said;
    // Its popup has nobody left who hears it.
    if (phase === 'opening' || phase === 'open') globalThis[OPEN] = false;
    this.#leave();
    this.#say({ code: 'module_panicked', message: `the program broke off: ${thrown}` }, true);
  }

  /** What was begun is over, and the next try begins anew. */
  #leave() {
    this.#program?.widgets.delete(this);
    this.#program = this.#glue = this.#ready = undefined;
    this.#round += 1;
    this.#over?.();
    this.#held = false;
    const { said } = this.#port;
    if (said.phase === 'idle') return;
    Object.assign(said, IDLE);
    if (!this.#gone) this.#tell('phase', IDLE);
  }

  async #mount() {
    const { element, early } = this.#port;
    const before = this.#wanted();
    this.#refused = !before;
    if (this.#refused) throw { told: true };
    const round = this.#round;
    this.#program = running(this, early);
    connectTo(before.environment);
    const glue = await this.#program.glue;
    if (!sheet) {
      await breath();
      (sheet = new CSSStyleSheet()).replaceSync(`:host{display:block}:host([hidden]){display:none!important}${style}`);
    }
    await breath();
    await letGo(element.shadowRoot);
    // Off the page and back again meanwhile: who waits for this waits for the next one.
    if (round !== this.#round) return this.#gone ? undefined : this.ready();
    // It may have changed meanwhile.
    const settings = this.#wanted();
    this.#refused = !settings;
    if (this.#refused) throw { told: true };
    const root = this.#root = document.createElement('div');
    const { shadowRoot } = element;
    const drawn = new Promise((resolve) => {
      this.#over = resolve;
      new MutationObserver((_, observer) => {
        if (!root.firstElementChild) return;
        observer.disconnect();
        resolve();
      }).observe(root, { childList: true });
    });
    const focused = shadowRoot.activeElement;
    this.#settings = settings;
    this.#number = glue.mount(root, settings, (name, ...details) => this.#hear(name, details));
    if (!this.#program) return; // It died of it.
    this.#glue = glue;
    // In place of the skeleton and its style, which knows of nothing but its own button and lines.
    shadowRoot.replaceChildren(root);
    shadowRoot.adoptedStyleSheets = [sheet];
    await drawn;
    if (round !== this.#round) return;
    if (focused) root.querySelector('.snap-checkout__main')?.focus();
    await breath();
    // Who came near before it was there is still there.
    if (element.matches(':hover')) root.firstElementChild?.dispatchEvent(new PointerEvent('pointerenter'));
  }

  /** The settings as they are now, or undefined when nothing can be paid with them. What is wrong is told. */
  #wanted() {
    const { element, values } = this.#port;
    const around = { base: document.baseURI, lang: element.closest('[lang]')?.lang, attributes: element.getAttributeNames() };
    // The browser's own property of that name took what was set before the class was there, and what the attribute says.
    const nonce = values.nonce ?? (Reflect.get(HTMLElement.prototype, 'nonce', element) || undefined);
    const { settings, faults } = check({ ...values, nonce }, around);
    for (const fault of faults) this.#say(fault, !settings && !this.#glue);
    return settings;
  }

  #say({ code, message, told }, fallback) {
    if (fallback) this.#port.show(true);
    const once = `${code} ${message}`;
    // What is wrong with an attribute is said once; a program may be missing again.
    if (told || (code.startsWith('attribute') && this.#told.has(once))) return;
    this.#told.add(once);
    const url = `docs/errors.md#${code}`;
    console.error('<snap-checkout>', code, message, url);
    this.#tell('fault', { code, message, url });
  }

  #hear(name, [first = null, second = null]) {
    const { said } = this.#port;
    switch (name) {
      case 'phase':
        if (first === said.phase && second === said.code) return;
        Object.assign(said, { phase: first, code: second });
        // The program is in the middle of telling: nothing enters it before it is done.
        if (this.#held && !RUNNING.has(first)) queueMicrotask(() => this.follow());
        this.#tell('phase', { ...said });
        break;
      case 'paid': this.#tell('paid', { order: first }); break;
      case 'close': this.#tell('close', {}); break;
      case 'unknown-text': this.#say({ code: 'attribute_invalid', message: `texts: expected the name of a text, and got "${first}"` }, false); break;
      default: this.#tell(name, { result: first });
    }
  }

  #tell(name, detail) {
    this.#port.element.dispatchEvent(new CustomEvent(`snap-${name}`, { detail, bubbles: true, composed: true }));
  }
}
