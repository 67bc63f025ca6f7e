// One element's checkout: checks what the host sets, mounts the program, hands events on.
// It decides two things: what of the settings may change while a payment runs, and what is shown when the program
// cannot be had.
import { launch } from './module.js';
import { check } from './settings.js';
import { gateway } from './snap.js';
import style from '../../style/checkout.css';

/** While one of these lasts, a payment runs by the settings it began with. */
const RUNNING = new Set(['preparing', 'opening', 'open', 'confirming', 'pending', 'handed-over']);
/** These change nothing in it. */
const ALWAYS = ['language', 'texts', 'theme', 'disabled'];

let sheet;
/** The program that all elements of this copy share; after a panic there is a new one. */
let program;

/** Who waits for it, and is told how much of it is there. */
const waiting = new Set();

function running({ fetched, tell }) {
  waiting.add(tell);
  const told = (loaded, total) => { for (const each of waiting) each('progress', { loaded, total }); };
  program ??= launch(fetched, told).catch((fault) => {
    program = undefined;
    throw fault;
  });
  return program.finally(() => waiting.delete(tell));
}

/** The way to the gateway is made before anybody presses: names, connection, encryption. */
function connectTo(environment) {
  const href = gateway(environment);
  if (document.querySelector(`link[rel=preconnect][href="${CSS.escape(href)}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href }));
}

export class Widget {
  #port;
  #ready;
  #program;
  #number;
  #settings;
  #phase = 'idle';
  #code = null;
  #ended = false;
  #said = new Set();

  /** `port`: `{element, home, values, fetched(cache), show(fallback), fault({code, message}), tell(name, detail)}`, of the shell. */
  constructor(port) {
    this.#port = port;
  }

  /** Resolves when it is mounted; calling again after a failure tries again. */
  ready() {
    return this.#ready ??= this.#mount().catch((fault) => {
      this.#ready = undefined;
      throw fault;
    });
  }

  pay() { if (!this.#settings.disabled) this.#program.pay(this.#number); }
  prepare() { this.#program.prepare(this.#number); }
  reset() { this.#program.reset(this.#number); }

  update() {
    this.#settings = this.#wanted();
    this.#program.update(this.#number, this.#settings);
  }

  end() {
    this.#ended = true;
    this.#program?.destroy(this.#number);
  }

  async #mount() {
    const { element, home } = this.#port;
    this.#settings = this.#wanted();
    connectTo(this.#settings.environment);
    this.#program = await running(this.#port);
    if (this.#ended) return;
    if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(style);
    const { shadowRoot } = element;
    if (!shadowRoot.adoptedStyleSheets.includes(sheet)) shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, sheet];
    const focused = home.contains(shadowRoot.activeElement);
    const root = document.createElement('div');
    const drawn = new Promise((resolve) => new MutationObserver((_, observer) => { observer.disconnect(); resolve(); }).observe(root, { childList: true }));
    home.replaceChildren(root);
    home.hidden = false;
    this.#number = this.#program.mount(root, this.#settings, (name, ...details) => this.#hear(name, details));
    await drawn;
    if (focused) root.querySelector('.snap-checkout__main')?.focus();
  }

  #wanted() {
    const { settings } = check(this.#port.values);
    return settings;
  }

  #hear(name, [first = null, second = null]) {
    const { tell } = this.#port;
    switch (name) {
      case 'phase':
        if (first === this.#phase && second === this.#code) return undefined;
        this.#phase = first;
        this.#code = second;
        return tell('phase', { phase: first, code: second });
      case 'paid': return tell('paid', { order: first });
      case 'close': return tell('close', {});
      default: return tell(name, { result: first });
    }
  }
}
