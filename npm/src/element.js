// The shell of <snap-checkout>: the only part that a page loads until the element is near the viewport or the pointer.
// It shows a button of the final size, keeps early calls, and loads the rest. If that fails, it shows the children of the
// element as a fallback. mounted-checkout.js and the program handle payments.
//
// Every visitor downloads these bytes; scripts/package prints their number.

const camel = (name) => name.replace(/-./g, (two) => two[1].toUpperCase());
/** The names of the attributes. The last four exist only as properties. */
const NAMES = ('client-key environment token-url order order-key language mode amount credentials prepare-on-intent disabled theme '
  + 'selected-payment-type enabled-payments ui-mode auto-close-delay skip-order-summary headers nonce texts checkout').split(' ');
const PROPERTIES = NAMES.map(camel);
/** The timeout of loading the rest. Milliseconds. */
const LOAD_TIMEOUT = 30_000;

/**
 * The style of the skeleton. It has the size that style/checkout.css gives an idle checkout: a button, a line, and outside
 * production one more line. `.true` is the dark button.
 */
const STYLE = ':host(:not([hidden])){display:block}'
  + 'button{width:100%;min-height:var(--snap-target,52px);border:0;border-radius:var(--snap-radius,12px);'
  + 'background:var(--snap-accent,#0b5f66);color:var(--snap-on-accent,#fff);font:650 17px system-ui}'
  + '.true{background:var(--snap-accent,#4fc3c9);color:var(--snap-on-accent,#06262a)}'
  + ':disabled{opacity:.6}[aria-busy=true]:after{content:"…"}'
  + 'p{font-size:medium;height:2.6875em;margin:var(--snap-gap,.75em) 0 0}[hidden]{display:block;height:1.21875em}';

const ignore = () => {};
let sheet;
let tries = 0;
/** The rest of the script, for all elements of the page. */
let script;
/** The early request for the program, which runs while the script that starts it loads. */
let early;

/** Loads the rest, once for all elements of the page. A call after a failure retries. */
export function start() {
  // In the next task, so that a pressed button shows its state first.
  (script ??= new Promise((now) => setTimeout(now)).then(() => {
    (early ??= fetch(new URL('./checkout.wasm', import.meta.url))).catch(ignore);
    return Promise.race([
      // A module URL that failed once always fails, so a retry uses another URL. Bundlers ignore it, see scripts/tools/build-package.mjs.
      import('./checkout.js').catch(() => import(new URL('./checkout.js?' + ++tries, import.meta.url))),
      new Promise((_, late) => setTimeout(late, LOAD_TIMEOUT, 'timeout')),
    ]);
  })).catch(() => { script = undefined; });
}

/** A server has no HTMLElement and never uses the class. */
class SnapCheckoutElement extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = NAMES.slice(0, -4);
  static #accessors = PROPERTIES.map((name) => Object.defineProperty(this.prototype, name, {
    get() { return this.#values[name]; },
    set(value) { this.#set(name, value); },
  }));

  #values = {};
  /** The widget updates it. */
  #state = { phase: 'idle', code: null };
  #button = document.createElement('button');
  #lines = document.createElement('p');
  #near = () => this.#call('ready').catch(ignore);
  #observer = new IntersectionObserver((entries) => entries.pop().isIntersecting && this.#near(), { rootMargin: '200px' });
  #widget;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
    this.#button.part = 'main';
    this.#button.onclick = () => this.pay().catch(ignore);
    for (const near of ['pointerenter', 'focusin']) this.addEventListener(near, this.#near);
  }

  get phase() { return this.#state.phase; }
  get code() { return this.#state.code; }

  prepare() { return this.#call('prepare'); }
  pay() {
    this.#button.setAttribute('aria-busy', true);
    return this.#call('pay');
  }
  reset() { this.#call('reset').catch(ignore); }

  connectedCallback() {
    for (const name of PROPERTIES) {
      // A property that was set before the class was defined.
      if (Object.hasOwn(this, name)) {
        this.#values[name] = this[name];
        delete this[name];
      }
    }
    if (this.#widget) return this.#follow();
    this.#show();
    this.#observer.observe(this);
  }

  disconnectedCallback() { this.#follow(); }

  attributeChangedCallback(name, _, value) { this.#set(camel(name), value); }

  #set(name, value) {
    this.#values[name] = value;
    this.#follow();
  }

  /** In a microtask, because a page that moves the element removes and inserts it, and a page often sets several values. */
  #follow() {
    queueMicrotask(() => {
      this.#label();
      this.#widget?.then((widget) => widget.follow(), ignore);
    });
  }

  async #call(method) { return (await this.#load())[method](); }

  #load() {
    this.#observer.disconnect();
    start();
    return this.#widget ??= script.then(({ Widget }) => new Widget(this, this.#values, this.#state, early, this.#show)).catch((thrown) => {
      this.#widget = undefined;
      const detail = { code: 'module_missing', message: `checkout.js: ${thrown}`, url: 'docs/errors.md#module_missing' };
      this.#show(true);
      console.error('<snap-checkout>', detail);
      this.dispatchEvent(new CustomEvent('snap-fault', { detail, bubbles: true, composed: true }));
      throw detail;
    });
  }

  #label() {
    const { language, amount, texts, disabled, environment, theme } = this.#values;
    const english = /^en/i.test(language ?? this.closest('[lang]')?.lang);
    this.#lines.hidden = environment === 'production';
    this.#button.className = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme:dark)').matches);
    this.#button.disabled = (disabled ?? false) !== false;
    this.#button.textContent = amount > 0
      ? `${texts?.pay_amount ?? (english ? 'Pay' : 'Bayar')} Rp\u00a0${(+amount).toFixed().replace(/\B(?=(...)+$)/g, '.')}`
      : texts?.pay ?? (english ? 'Pay now' : 'Bayar sekarang');
  }

  /** Shows the skeleton, or the fallback of the page. Without a fallback, the skeleton's button retries. */
  #show = (fallback) => {
    this.#label();
    this.#button.setAttribute('aria-busy', false);
    this.shadowRoot.adoptedStyleSheets = [sheet];
    this.shadowRoot.replaceChildren(...(fallback && this.querySelector(':scope>:not([slot])') ? [document.createElement('slot')] : [this.#button, this.#lines]));
  };
}

/** Registers the element, unless the name is taken. Returns true if it did. */
export function define(name = 'snap-checkout') {
  // A server has no customElements. A browser without constructable style sheets keeps showing the fallback.
  try {
    if (customElements.get(name)) return;
    (sheet ??= new CSSStyleSheet()).replaceSync(STYLE);
  } catch { return; }
  // A class can have only one name, so each name gets its own.
  customElements.define(name, class extends SnapCheckoutElement {});
  return true;
}
