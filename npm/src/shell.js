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

/** What the skeleton measures is what style/checkout.css makes of a checkout before anybody pressed. */
const LOOKS = ':host{display:block}:host([hidden]){display:none}'
  + 'button{display:block;width:100%;min-height:var(--snap-target,52px);border:0;border-radius:var(--snap-radius,12px);'
  + 'background:var(--snap-accent,#0b5f66);color:var(--snap-on-accent,#fff);font:650 17px system-ui}'
  + ':disabled{opacity:.6}[aria-busy=true]:after{content:"…"}'
  + 'p{font-size:medium;height:1.21875em;margin:.25em 0 0}button+p{margin-top:var(--snap-gap,.75em)}';

const IDLE = { phase: 'idle', code: null };
const ignore = () => {};
let looks;
let tries = 0;
/** The rest of the script, for all elements of the page. */
let script;
/** The program, asked for together with the script that starts it, not after it. */
let early;

/** A server has no elements; there the class is never made use of. */
export class SnapCheckoutElement extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = NAMES.slice(0, -4);
  static #accessors = PROPERTIES.map((name) => Object.defineProperty(this.prototype, name, {
    get() { return this.#values[name]; },
    set(value) { this.#set(name, value); },
  }));

  #values = {};
  #said = IDLE;
  #button = document.createElement('button');
  #note = document.createElement('p');
  #near = () => this.#have('ready').catch(ignore);
  #seen = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) this.#near(); }, { rootMargin: '200px' });
  #widget;
  #queued;

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
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    // The browser's own property of that name took what was set before the class was there, and what the attribute says.
    this.#values.nonce ??= super.nonce || undefined;
    if (this.#widget) return;
    this.#show();
    this.#seen.observe(this);
  }

  disconnectedCallback() {
    // Whoever moves it puts it back at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#widget?.then((widget) => widget.end(), ignore);
      this.#widget = undefined;
      this.#said = IDLE;
    });
  }

  attributeChangedCallback(name, _, value) { this.#set(camel(name), value); }

  #set(name, value) {
    this.#values[name] = value;
    if (this.#queued) return;
    this.#queued = true;
    queueMicrotask(() => {
      this.#queued = false;
      this.#label();
      this.#widget?.then((widget) => widget.update(), ignore);
    });
  }

  async #have(done) { return (await this.#load())[done](); }

  #load() {
    this.#seen.disconnect();
    if (!script) {
      early ??= fetch(new URL('./checkout.wasm', import.meta.url));
      early.catch(ignore);
      script = Promise.race([
        // What failed once fails for ever by that name. The other name is no bundler's business: scripts/tools/package.mjs tells them.
        import('./checkout.js').catch(() => import(new URL('./checkout.js?' + ++tries, import.meta.url).href)),
        new Promise((_, late) => setTimeout(late, TAKES, 'timeout')),
      ]);
    }
    return this.#widget ??= script.then(({ Widget }) => new Widget(this, this.#values, early, this.#show, this.#tell)).catch((thrown) => {
      script = this.#widget = undefined;
      const fault = { code: 'module_missing', message: `checkout.js: ${thrown}` };
      this.#show(true);
      this.#tell('fault', fault);
      throw fault;
    });
  }

  #label() {
    const { language, amount, texts, disabled, environment } = this.#values;
    const english = /^en/i.test(language ?? this.closest('[lang]')?.lang);
    this.#note.hidden = environment === 'production';
    this.#button.disabled = (disabled ?? false) !== false;
    this.#button.textContent = amount > 0
      ? `${texts?.pay_amount ?? (english ? 'Pay' : 'Bayar')} Rp\u00a0${(+amount).toFixed().replace(/\B(?=(...)+$)/g, '.')}`
      : texts?.pay ?? (english ? 'Pay now' : 'Bayar sekarang');
  }

  /** The program's root, else the skeleton, or the page's own way to pay: where there is none, the skeleton's button tries again. */
  #show = (fallback, root) => {
    this.#label();
    this.#button.setAttribute('aria-busy', false);
    const own = fallback && this.querySelector(':scope>:not([slot])');
    if (!root) this.shadowRoot.adoptedStyleSheets = [looks];
    this.shadowRoot.replaceChildren(...(root ? [root] : own ? [document.createElement('slot')] : [this.#button, document.createElement('p'), this.#note]));
  };

  #tell = (name, detail) => {
    if (name === 'phase') this.#said = detail;
    if (name === 'fault') {
      detail.url = `docs/errors.md#${detail.code}`;
      console.error('<snap-checkout>', detail.code, detail.message, detail.url);
    }
    this.dispatchEvent(new CustomEvent(`snap-${name}`, { detail, bubbles: true, composed: true }));
  };
}

/** Registers the element, unless the page has one by that name already. */
export function define(name = 'snap-checkout') {
  if (!globalThis.customElements || customElements.get(name)) return;
  // A browser that cannot do this keeps what the page wrote between the tags.
  try { (looks ??= new CSSStyleSheet()).replaceSync(LOOKS); } catch { return; }
  // One class has one name.
  customElements.define(name, class extends SnapCheckoutElement {});
}
