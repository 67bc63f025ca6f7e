// A form for the element's attributes. The element has exactly the attributes that the form sets.

const methods = ['credit_card', 'gopay', 'other_qris', 'shopeepay', 'bca_va', 'bni_va', 'bri_va', 'permata_va', 'echannel', 'indomaret', 'alfamart'];

/** Name → the options of a select, `true` for a checkbox, or the type of the text field. */
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
    select.append(...kind.map((value) => new Option(value || '(not set)', value)));
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

/** Fills `form` with the fields. Calls `onChange(name, value)` with the text, or `false` for an unchecked box. */
export function createFields(form, onChange) {
  form.append(...Object.entries(ATTRIBUTES).map(([name, kind]) => field(name, kind)));
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', ({ target }) => onChange(target.name, read(target)));
}

const read = (control) => (control.type === 'checkbox' ? control.checked && '' : control.value);

/** The attributes that the form sets, by name. */
export function attributesOf(form) {
  const entries = [...form.elements].map((control) => [control.name, read(control)]);
  return Object.fromEntries(entries.filter(([, value], at) => (form.elements[at].type === 'checkbox' ? value === '' : value !== '')));
}

/** The element's HTML with these attributes. */
export function markup(values) {
  const quoted = (value) => value.replaceAll('&', '&amp;').replaceAll("'", '&#39;');
  const lines = Object.entries(values).map(([name, value]) => (value === '' ? `  ${name}` : value.includes('"') ? `  ${name}='${quoted(value)}'` : `  ${name}="${quoted(value)}"`));
  return `<snap-checkout\n${lines.join('\n')}>\n  <a href="/">Pay on the payment page</a>\n</snap-checkout>`;
}
