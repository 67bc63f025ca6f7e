// <snap-checkout> before its program is there: all that a page loads until a customer comes near or sees it.
// It shows a button of the final size, keeps what comes too early, fetches the rest, and when that cannot be had
// it shows what the page wrote between the tags. It knows nothing of payments: that is widget.js and what it loads.
//
// Every byte here is paid by every visitor of every page: scripts/package says how many there are.

const ATTRIBUTES = ('client-key environment token-url order order-key language mode amount credentials prepare-on-intent '
  + 'disabled theme selected-payment-type enabled-payments ui-mode auto-close-delay skip-order-summary').split(' ');
const PROPERTIES = [...ATTRIBUTES.map((name) => camel(name)), 'headers', 'nonce', 'texts', 'checkout'];
const TAKES = 30_000;

/** What the skeleton measures is what style/checkout.css makes of the finished checkout before anybody pressed. */
const LOOKS = ':host{display:block}:host([hidden]),[hidden]{display:none}'
  + 'button{display:block;box-sizing:border-box;width:100%;min-height:3.25rem;padding:.75rem 1.25rem;border:0;border-radius:var(--snap-radius,.75rem);'
  + 'background:var(--snap-accent,#0b5f66);color:var(--snap-on-accent,#fff);font:650 1.0625rem/1.25 var(--snap-font,system-ui,sans-serif)}'
  + 'button:disabled,[aria-busy]{opacity:.6}'
  + 'button+i{display:block;height:1.21875rem;margin-top:.75rem}';

let looks;
/** The program, asked for together with the script that starts it, not after it. */
let early, begun;
const fetched = (cache) => {
  const asked = early ?? fetch(new URL('./checkout.wasm', import.meta.url), { cache });
  early = null;
  return asked;
};

function camel(name) { return name.replace(/-./g, (two) => two[1].toUpperCase()); }
const create = (name) => document.createElement(name);

/** A server has no elements; there the class is never made use of. */
export class SnapCheckoutElement extends (globalThis.HTMLElement ?? class {}) {
  static observedAttributes = ATTRIBUTES;

  #values = {};
  #home = create('div');
  #slot = create('slot');
  #button = create('button');
  #widget;
  #queued;
  #seen = new IntersectionObserver(([{ isIntersecting }]) => { if (isIntersecting) this.#near(); }, { rootMargin: '200px' });
  #said = { phase: 'idle', code: null };

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [looks];
    root.append(this.#home, this.#slot);
    this.#button.part = 'main';
    this.#button.onclick = () => this.pay().catch(() => {});
    for (const near of ['pointerenter', 'touchstart', 'focusin']) this.addEventListener(near, () => this.#near(), { passive: true });
  }

  get phase() { return this.#said.phase; }
  get code() { return this.#said.code; }

  /** The token is made ahead of the press. */
  async prepare() { (await this.#load()).prepare(); }
  /** As if the customer pressed. */
  async pay() {
    this.#button.ariaBusy = 'true';
    (await this.#load()).pay();
  }
  /** Begins anew. */
  reset() { this.#load().then((widget) => widget.reset(), () => {}); }

  connectedCallback() {
    for (const name of PROPERTIES) {
      // Set before the class was there.
      if (Object.hasOwn(this, name)) {
        const value = this[name];
        delete this[name];
        this[name] = value;
      }
    }
    if (this.#widget) return;
    this.#show(false);
    if (globalThis.WebAssembly) this.#seen.observe(this);
    else this.#fault({ code: 'module_unsupported', message: 'this browser runs no WebAssembly' });
  }

  disconnectedCallback() {
    // Whoever moves it puts it back at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#seen.disconnect();
      this.#widget?.then((widget) => widget.end(), () => {});
      this.#widget = undefined;
      this.#said = { phase: 'idle', code: null };
    });
  }

  attributeChangedCallback(name, _, value) { this.#set(camel(name), value ?? undefined); }

  static #accessors = PROPERTIES.map((name) => Object.defineProperty(this.prototype, name, {
    get() { return this.#values[name]; },
    set(value) { this.#set(name, value); },
  }));

  #set(name, value) {
    this.#values[name] = value;
    this.#queued ??= queueMicrotask(() => {
      this.#queued = undefined;
      this.#label();
      this.#widget?.then((widget) => widget.update(), () => {});
    }) ?? true;
  }

  #near() { this.#load().catch(() => {}); }

  #load() {
    if (!this.isConnected) return Promise.reject(new Error('<snap-checkout> is not in the page'));
    this.#seen.disconnect();
    return this.#widget ??= this.#begin();
  }

  async #begin() {
    try {
      if (!begun) (begun = early = fetched()).catch(() => {});
      const { Widget } = await Promise.race([import('./checkout.js'), new Promise((_, late) => setTimeout(late, TAKES, 'it takes too long'))]);
      const widget = new Widget({
        element: this, home: this.#home, values: this.#values, fetched,
        show: (fallback) => this.#show(fallback), fault: (fault) => this.#fault(fault), tell: (name, detail) => this.#tell(name, detail),
      });
      await widget.ready();
      return widget;
    } catch (thrown) {
      this.#widget = undefined;
      const fault = thrown.code ? thrown : { code: 'module_missing', message: `checkout.js: ${thrown.message ?? thrown}` };
      this.#fault(fault);
      throw fault;
    }
  }

  #label() {
    const { language, amount, texts, disabled } = this.#values;
    const english = (language ?? this.closest('[lang]')?.lang)?.startsWith('en');
    this.#button.disabled = disabled != null && disabled !== false;
    this.#button.textContent = amount > 0
      ? `${texts?.pay_amount ?? (english ? 'Pay' : 'Bayar')} ${new Intl.NumberFormat(english ? 'en-ID' : 'id-ID', { style: 'currency', currency: 'IDR', maximumFractionDigits: 0, minimumFractionDigits: 0 }).format(amount)}`
      : texts?.pay ?? (english ? 'Pay now' : 'Bayar sekarang');
  }

  /** The button of the skeleton, or the page's own way to pay; without one the button stays, and tries again. */
  #show(fallback) {
    this.#label();
    this.#button.ariaBusy = null;
    const own = this.#slot.assignedNodes().some((node) => node.textContent.trim());
    this.#home.replaceChildren(this.#button, create('i'));
    this.#slot.hidden = !(this.#home.hidden = fallback && own);
  }

  #fault({ code, message }) {
    const url = `docs/errors.md#${code}`;
    this.#show(true);
    console.error(`<snap-checkout> ${code}: ${message} (${url})`);
    this.#tell('fault', { code, message, url });
  }

  #tell(name, detail) {
    if (name === 'phase') this.#said = detail;
    this.dispatchEvent(new CustomEvent(`snap-${name}`, { detail, bubbles: true, composed: true }));
  }
}

/** Registers the element, unless the page has one by that name already. */
export function define(name = 'snap-checkout') {
  if (!globalThis.customElements || customElements.get(name)) return;
  // A browser that cannot do this keeps what the page wrote between the tags.
  try { looks ??= new CSSStyleSheet(); looks.replaceSync(LOOKS); } catch { return; }
  // One class has one name.
  customElements.define(name, name === 'snap-checkout' ? SnapCheckoutElement : class extends SnapCheckoutElement {});
}
