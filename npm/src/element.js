// <snap-checkout> before its program is there: all that a page loads until a customer comes near or sees it.
// It shows a button of the final size, keeps what comes too early, fetches the rest, and when that cannot be had
// it shows what the page wrote between the tags. It knows nothing of payments: that is widget.js and what it loads.
//
// Every byte here is paid by every visitor of every page: scripts/package says how many there are.

const camel = (name) => name.replace(/-./g, (two) => two[1].toUpperCase());
/** The last four are properties only. */
const NAMES = ('client-key environment token-url order order-key language mode amount credentials prepare-on-intent disabled theme '
  + 'selected-payment-type enabled-payments ui-mode auto-close-delay skip-order-summary headers nonce texts checkout').split(' ');
const PROPERTIES = NAMES.map(camel);
/** How long the rest of the script may take. Milliseconds. */
const TAKES = 30_000;

/**
 * What the skeleton measures is what style/checkout.css makes of a checkout before anybody pressed: a button, a line,
 * and where no real money moves one line more. `.true` is a button in the dark.
 */
const LOOKS = ':host(:not([hidden])){display:block}'
  + 'button{width:100%;min-height:var(--snap-target,52px);border:0;border-radius:var(--snap-radius,12px);'
  + 'background:var(--snap-accent,#0b5f66);color:var(--snap-on-accent,#fff);font:650 17px system-ui}'
  + '.true{background:var(--snap-accent,#4fc3c9);color:var(--snap-on-accent,#06262a)}'
  + ':disabled{opacity:.6}[aria-busy=true]:after{content:"…"}'
  + 'p{font-size:medium;height:2.6875em;margin:var(--snap-gap,.75em) 0 0}[hidden]{display:block;height:1.21875em}';

const ignore = () => {};
let looks;
let tries = 0;
/** The rest of the script, for all elements of the page. */
let script;
/** The program, asked for together with the script that starts it, not after it. */
let early;

/** Asks for the rest, once for all elements of the page; what failed is asked for anew. */
export function start() {
  // In the next task: what was pressed shows it first.
  (script ??= new Promise((now) => setTimeout(now)).then(() => {
    (early ??= fetch(new URL('./checkout.wasm', import.meta.url))).catch(ignore);
    return Promise.race([
      // What failed once fails for ever by that name. The other name is no bundler's business: scripts/tools/build-package.mjs tells them.
      import('./checkout.js').catch(() => import(new URL('./checkout.js?' + ++tries, import.meta.url))),
      new Promise((_, late) => setTimeout(late, TAKES, 'timeout')),
    ]);
  })).catch(() => { script = undefined; });
}

/** A server has no elements; there the class is never made use of. */
class SnapCheckoutElement extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = NAMES.slice(0, -4);
  static #accessors = PROPERTIES.map((name) => Object.defineProperty(this.prototype, name, {
    get() { return this.#values[name]; },
    set(value) { this.#set(name, value); },
  }));

  #values = {};
  /** The widget writes it. */
  #said = { phase: 'idle', code: null };
  #button = document.createElement('button');
  #lines = document.createElement('p');
  #near = () => this.#have('ready').catch(ignore);
  #seen = new IntersectionObserver((entries) => entries.pop().isIntersecting && this.#near(), { rootMargin: '200px' });
  #widget;

  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
    this.#button.part = 'main';
    this.#button.onclick = () => this.pay().catch(ignore);
    for (const near of ['pointerenter', 'focusin']) this.addEventListener(near, this.#near);
  }

  get phase() { return this.#said.phase; }
  get code() { return this.#said.code; }

  prepare() { return this.#have('prepare'); }
  pay() {
    this.#button.setAttribute('aria-busy', true);
    return this.#have('pay');
  }
  reset() { this.#have('reset').catch(ignore); }

  connectedCallback() {
    for (const name of PROPERTIES) {
      // Set before the class was there.
      if (Object.hasOwn(this, name)) {
        this.#values[name] = this[name];
        delete this[name];
      }
    }
    if (this.#widget) return this.#follow();
    this.#show();
    this.#seen.observe(this);
  }

  disconnectedCallback() { this.#follow(); }

  attributeChangedCallback(name, _, value) { this.#set(camel(name), value); }

  #set(name, value) {
    this.#values[name] = value;
    this.#follow();
  }

  /** Later: whoever moves it puts it back at once, and whoever sets one thing sets more. */
  #follow() {
    queueMicrotask(() => {
      this.#label();
      this.#widget?.then((widget) => widget.follow(), ignore);
    });
  }

  async #have(done) { return (await this.#load())[done](); }

  #load() {
    this.#seen.disconnect();
    start();
    return this.#widget ??= script.then(({ Widget }) => new Widget(this, this.#values, this.#said, early, this.#show)).catch((thrown) => {
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

  /** The skeleton, or the page's own way to pay: where there is none, the skeleton's button tries again. */
  #show = (fallback) => {
    this.#label();
    this.#button.setAttribute('aria-busy', false);
    this.shadowRoot.adoptedStyleSheets = [looks];
    this.shadowRoot.replaceChildren(...(fallback && this.querySelector(':scope>:not([slot])') ? [document.createElement('slot')] : [this.#button, this.#lines]));
  };
}

/** Registers the element, unless the page has one by that name already; whether it did. */
export function define(name = 'snap-checkout') {
  // A server has none of it; a browser that cannot do this keeps what the page wrote between the tags.
  try {
    if (customElements.get(name)) return;
    (looks ??= new CSSStyleSheet()).replaceSync(LOOKS);
  } catch { return; }
  // One class has one name.
  customElements.define(name, class extends SnapCheckoutElement {});
  return true;
}
