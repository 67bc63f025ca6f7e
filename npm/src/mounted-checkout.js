// The checkout of one element: validates the settings, mounts the program and dispatches its events.
// It decides which settings may change during a payment, and when the page's fallback is shown.
import { launch } from './wasm-loader.js';
import { check } from './validate-attributes.js';
import { gateway } from './load-snap.js';
import style from '../../style/checkout.css';

/** In these phases a payment runs with the settings with which it started. */
const RUNNING = new Set(['preparing', 'opening', 'open', 'confirming', 'pending', 'handed-over']);
const PAID = new Set(['paid', 'reported']);
/** Settings of the appearance, which may change during a payment. */
const APPEARANCE = ['language', 'texts', 'theme', 'disabled'];
const IDLE = { phase: 'idle', code: null };
/** Whether a popup is open on this page, see src/effects/platform.js. */
const POPUP_OPEN = Symbol.for('snap-checkout.open');

let sheet;
/** The program that all elements of this bundle share: `{glue, widgets}`. After a trap, the next element gets a new one. */
let program;

function sharedProgram(widget, early) {
  if (!program) {
    const own = program = { widgets: new Set() };
    const discard = () => { if (program === own) program = undefined; };
    own.glue = launch({
      early,
      progress: (loaded, total) => own.widgets.forEach((it) => it.progress(loaded, total)),
      onTrap: (thrown) => { discard(); own.widgets.forEach((it) => it.trapped(thrown)); },
    });
    own.glue.catch(discard);
  }
  program.widgets.add(widget);
  return program;
}

/** Opens a connection to the gateway before the customer presses. */
function preconnect(environment) {
  const href = gateway(environment);
  if (document.querySelector(`link[rel=preconnect][href="${CSS.escape(href)}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href }));
}

/** Ends the current task, so that a slow phone can respond to input in between. */
const nextTask = () => new Promise((resolve) => setTimeout(resolve));
/** After this time, the release of a pressed button is assumed to be lost. Milliseconds. */
const PRESS_TIMEOUT = 5_000;
/** Resolves when a pressed button is released. A click is lost if its button is removed during the press. */
const released = (root) => root.querySelector(':active') && new Promise((resolve) => {
  const listeners = new AbortController();
  const end = () => { listeners.abort(); setTimeout(resolve); };
  const timer = setTimeout(end, PRESS_TIMEOUT);
  listeners.signal.addEventListener('abort', () => clearTimeout(timer));
  for (const name of ['pointerup', 'pointercancel', 'keyup', 'blur']) addEventListener(name, end, { capture: true, signal: listeners.signal });
});

export class Widget {
  #host;
  #ready;
  #program;
  #glue;
  #number;
  #root;
  #settings;
  #rejected = false;
  #locked = false;
  /** Whether the element is removed from the page. */
  #removed = false;
  /** Increases when a started mount is abandoned. */
  #round = 0;
  /** Ends the wait for the first render. */
  #rendered;
  #scheduled = false;
  #reported = new Set();

  /** From the shell: the values that the page set, the `{phase, code}` to update, the early wasm response, and `show(fallback)`. */
  constructor(element, values, state, early, show) {
    this.#host = { element, values, state, early, show };
  }

  /** Resolves when the program is mounted; a call after a failure retries. Rejects with the fault, which is reported. */
  ready() {
    const round = this.#round;
    return this.#ready ??= this.#mount().catch((fault) => {
      if (round === this.#round) {
        this.#abandon();
        this.#report(fault, true);
      }
      throw fault;
    });
  }

  async pay() { await this.ready(); this.#glue?.pay(this.#number); }
  async prepare() { await this.ready(); this.#glue?.prepare(this.#number); }
  async reset() { await this.ready(); this.#glue?.reset(this.#number); }

  /** Schedules an update after the page changed settings, or removed or inserted the element. Changes in one task count once. */
  follow() {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#sync();
    });
  }

  #sync() {
    const { element, show } = this.#host;
    const returned = this.#removed && element.isConnected;
    if (element.isConnected) {
      this.#removed = false;
      if (this.#glue) this.#update();
      // The settings may be valid now.
      else if (this.#rejected || returned) this.ready().catch(() => {});
    } else if (!this.#removed) {
      this.#removed = true;
      this.#unmount();
      this.#abandon();
      show();
    }
  }

  #update() {
    const settings = this.#validated();
    this.#locked = RUNNING.has(this.#host.state.phase);
    if (this.#locked) {
      for (const name of settings ? APPEARANCE : []) this.#settings[name] = settings[name];
    } else if (settings) {
      this.#settings = settings;
    } else if (PAID.has(this.#host.state.phase)) {
      // The paid state stays: the page's fallback would let the customer pay again.
      return;
    } else {
      this.#unmount();
      this.#abandon();
      this.#rejected = true;
      this.#host.show(true);
      return;
    }
    this.#glue.update(this.#number, this.#settings);
  }

  #unmount() {
    if (!this.#glue) return;
    this.#glue.end(this.#number);
    this.#root.remove();
  }

  progress(loaded, total) { this.#dispatch('progress', { loaded, total }); }

  trapped(thrown) {
    const { phase } = this.#host.state;
    // The callbacks of its popup no longer arrive.
    if (phase === 'opening' || phase === 'open') globalThis[POPUP_OPEN] = false;
    this.#abandon();
    this.#report({ code: 'module_panicked', message: `the program trapped: ${thrown}` }, true);
  }

  /** Abandons the mount. The next try starts again. */
  #abandon() {
    this.#program?.widgets.delete(this);
    this.#program = this.#glue = this.#ready = undefined;
    this.#round += 1;
    this.#rendered?.();
    this.#locked = false;
    const { state } = this.#host;
    if (state.phase === 'idle') return;
    Object.assign(state, IDLE);
    if (!this.#removed) this.#dispatch('phase', IDLE);
  }

  async #mount() {
    const { element, early } = this.#host;
    const before = this.#validated();
    this.#rejected = !before;
    if (this.#rejected) throw { reported: true };
    const round = this.#round;
    this.#program = sharedProgram(this, early);
    preconnect(before.environment);
    const glue = await this.#program.glue;
    if (!sheet) {
      await nextTask();
      (sheet = new CSSStyleSheet()).replaceSync(`:host{display:block}:host([hidden]){display:none!important}${style}`);
    }
    await nextTask();
    await released(element.shadowRoot);
    // The element was removed and inserted meanwhile, so the caller waits for the next mount.
    if (round !== this.#round) return this.#removed ? undefined : this.ready();
    // The settings may have changed meanwhile.
    const settings = this.#validated();
    this.#rejected = !settings;
    if (this.#rejected) throw { reported: true };
    const root = this.#root = document.createElement('div');
    const { shadowRoot } = element;
    const rendered = new Promise((resolve) => {
      this.#rendered = resolve;
      new MutationObserver((_, observer) => {
        if (!root.firstElementChild) return;
        observer.disconnect();
        resolve();
      }).observe(root, { childList: true });
    });
    const focused = shadowRoot.activeElement;
    this.#settings = settings;
    this.#number = glue.mount(root, settings, (name, ...details) => this.#handle(name, details));
    if (!this.#program) return; // It trapped.
    this.#glue = glue;
    // Replaces the skeleton and its style sheet, which has rules for the skeleton only.
    shadowRoot.replaceChildren(root);
    shadowRoot.adoptedStyleSheets = [sheet];
    await rendered;
    if (round !== this.#round) return;
    if (focused) root.querySelector('.snap-checkout__main')?.focus();
    await nextTask();
    // The pointer may have come near before the program was mounted.
    if (element.matches(':hover')) root.firstElementChild?.dispatchEvent(new PointerEvent('pointerenter'));
  }

  /** The validated settings, or undefined if no payment is possible with them. Faults are reported. */
  #validated() {
    const { element, values } = this.#host;
    const context = { base: document.baseURI, lang: element.closest('[lang]')?.lang, attributes: element.getAttributeNames() };
    // The browser's own property `nonce` has the attribute's value, and a value that was set before the class was defined.
    const nonce = values.nonce ?? (Reflect.get(HTMLElement.prototype, 'nonce', element) || undefined);
    const { settings, faults } = check({ ...values, nonce }, context);
    for (const fault of faults) this.#report(fault, !settings && !this.#glue);
    return settings;
  }

  #report({ code, message, reported }, fallback) {
    if (fallback) this.#host.show(true);
    const once = `${code} ${message}`;
    // A fault of an attribute is reported once; a missing program each time.
    if (reported || (code.startsWith('attribute') && this.#reported.has(once))) return;
    this.#reported.add(once);
    const url = `docs/errors.md#${code}`;
    console.error('<snap-checkout>', code, message, url);
    this.#dispatch('fault', { code, message, url });
  }

  #handle(name, [first = null, second = null]) {
    const { state } = this.#host;
    switch (name) {
      case 'phase':
        if (first === state.phase && second === state.code) return;
        Object.assign(state, { phase: first, code: second });
        // The program is still running, and its exports must not be called before it returns.
        if (this.#locked && !RUNNING.has(first)) queueMicrotask(() => this.follow());
        this.#dispatch('phase', { ...state });
        break;
      case 'paid': this.#dispatch('paid', { order: first }); break;
      case 'close': this.#dispatch('close', {}); break;
      case 'unknown-text': this.#report({ code: 'attribute_invalid', message: `texts: expected the name of a text, and got "${first}"` }, false); break;
      default: this.#dispatch(name, { result: first });
    }
  }

  #dispatch(name, detail) {
    this.#host.element.dispatchEvent(new CustomEvent(`snap-${name}`, { detail, bubbles: true, composed: true }));
  }
}
