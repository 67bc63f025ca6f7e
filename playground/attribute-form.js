// The element's attributes as a form: what each takes, and what is set is what the element has.

const methods = ['credit_card', 'gopay', 'other_qris', 'shopeepay', 'bca_va', 'bni_va', 'bri_va', 'permata_va', 'echannel', 'indomaret', 'alfamart'];

/** Name → what may be chosen, `true` for there or not, or the kind of text. */
export const ATTRIBUTES = {
  'client-key': 'text', environment: 'text', 'token-url': 'text', amount: 'number',
  order: 'json', 'order-key': 'text',
  language: ['', 'id', 'en'], mode: ['', 'auto', 'popup', 'embed', 'redirect'], theme: ['', 'auto', 'light', 'dark'],
  credentials: ['', 'same-origin', 'include', 'omit'],
  'selected-payment-type': ['', ...methods], 'enabled-payments': 'text', 'ui-mode': ['', 'deeplink', 'qr', 'auto'],
  'auto-close-delay': 'number', 'prepare-on-intent': true, disabled: true, 'skip-order-summary': true,
};

function input(kind) {
  if (Array.isArray(kind)) {
    const select = document.createElement('select');
    select.append(...kind.map((word) => new Option(word || '(not set)', word)));
    return select;
  }
  if (kind === 'json') return document.createElement('textarea');
  return Object.assign(document.createElement('input'), { type: kind === true ? 'checkbox' : kind });
}

function field(name, kind) {
  const label = document.createElement('label');
  const control = Object.assign(input(kind), { name, autocomplete: 'off', spellcheck: false });
  if (kind === true) label.className = 'check';
  if (kind === 'json') label.className = 'wide';
  if (kind === true) label.append(control, ` ${name}`); else label.append(name, control);
  return label;
}

/** Fills `form`, and calls `changed(name, value)` with a text, or null for an attribute that is not there. */
export function fields(form, changed) {
  form.append(...Object.entries(ATTRIBUTES).map(([name, kind]) => field(name, kind)));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', ({ target }) => changed(target.name, read(target)));
}

const read = (control) => (control.type === 'checkbox' ? control.checked && '' : control.value);

/** What the form says, by name; what is not set is not there. */
export function wanted(form) {
  const set = [...form.elements].map((control) => [control.name, read(control)]);
  return Object.fromEntries(set.filter(([, value], at) => (form.elements[at].type === 'checkbox' ? value === '' : value !== '')));
}

/** As a page writes it. */
export function markup(values) {
  const quoted = (value) => value.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
  const lines = Object.entries(values).map(([name, value]) => (value === '' ? `  ${name}` : value.includes('"') ? `  ${name}='${quoted(value)}'` : `  ${name}="${quoted(value)}"`));
  return `<snap-checkout\n${lines.join('\n')}>\n  <a href="/">Pay on the payment page</a>\n</snap-checkout>`;
}
