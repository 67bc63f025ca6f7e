// What a page sets on the element, as the program reads it; what is wrong with it, said once for a developer.
// Pure: it looks at nothing but what it is given.

const SERVER_KEY = /mid-server/i;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** Without these there is no payment; with a wrong one of the others there is one, as if it were not set. */
const VITAL = new Set(['clientKey', 'environment', 'tokenUrl', 'order', 'orderKey', 'checkout', 'credentials', 'headers', 'nonce']);

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A value as it may be shown: short, and never a secret. */
function shown(value) {
  let text;
  try { text = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? JSON.stringify(value) : String(value); } catch { text = 'something that is no JSON'; }
  text ??= typeof value;
  if (SERVER_KEY.test(text)) return 'a server key';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value) => (typeof value === 'string' && value.trim() ? value : undefined);
const oneOf = (...words) => [words.map((word) => `"${word}"`).join(' or '), (value) => (words.includes(value) ? value : undefined)];

function address(value, base) {
  try {
    const url = new URL(value, base);
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url : undefined;
  } catch { return undefined; }
}

function environment(value) {
  if (value === 'sandbox' || value === 'production') return value;
  const url = typeof value === 'string' ? address(value) : undefined;
  return url && LOOPBACK.test(url.hostname) && url.origin === value.replace(/\/$/, '') ? url.origin : undefined;
}

/** An order is posted as it is written; an object is written here. */
function order(value) {
  try {
    const written = typeof value === 'string' ? value : JSON.stringify(value);
    const read = JSON.parse(written);
    return typeof read === 'object' && read ? written : undefined;
  } catch { return undefined; }
}

function whole(least, most) {
  return (value) => {
    const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) && number >= least && number <= most ? number : undefined;
  };
}

const list = (object) => Object.entries(object).map(([name, value]) => ({ name, value }));

function headers(value) {
  if (!isObject(value)) return undefined;
  const fits = (it) => HEADER_NAME.test(it.name) && typeof it.value === 'string' && /^[ -~]*$/.test(it.value) && !SERVER_KEY.test(it.value);
  return list(value).every(fits) ? list(value) : undefined;
}

function payments(value) {
  const methods = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : undefined;
  return methods?.every((method) => /^\w+$/.test(method)) ? methods : undefined;
}

function texts(value) {
  return isObject(value) && Object.values(value).every((it) => typeof it === 'string') ? list(value) : undefined;
}

/** Name → what is expected, and how it is read: undefined where it is not that. */
const READ = {
  clientKey: ['the client key of Midtrans\' dashboard', (value) => (SERVER_KEY.test(value) ? undefined : text(value)?.trim())],
  environment: ['"sandbox", "production" or the origin of a gateway on this machine, such as "http://127.0.0.1:8090"', environment],
  tokenUrl: ['an http(s) address', (value, base) => (text(value) && address(value, base) ? value : undefined)],
  order: ['JSON, as text or, as a property, as an object', order],
  orderKey: ['text', text],
  language: ['"id" or "en"', (value) => /^(id|en)\b/i.exec(value)?.[1].toLowerCase()],
  mode: oneOf('auto', 'popup', 'embed', 'redirect'),
  amount: ['whole rupiah, such as "150000"', whole(1, 999_999_999_999)],
  credentials: oneOf('same-origin', 'include', 'omit'),
  theme: oneOf('auto', 'light', 'dark'),
  selectedPaymentType: ['the name of a payment method, such as "gopay"', (value) => (/^\w+$/.test(value) ? value : undefined)],
  enabledPayments: ['names of payment methods with spaces between', payments],
  uiMode: oneOf('deeplink', 'qr', 'auto'),
  autoCloseDelay: ['whole seconds', whole(0, 86_400)],
  headers: ['an object of header names and values that HTTP allows, without a server key', headers],
  nonce: ['text', text],
  texts: ['an object of texts by their keys', texts],
  checkout: ['an object with the token of an order', (value) => (isObject(value) && text(value.token) ? value : undefined)],
};
const FLAGS = ['prepareOnIntent', 'disabled', 'skipOrderSummary'];
const DEFAULTS = { tokenUrl: '/api/orders', order: '{}', mode: 'auto', credentials: 'same-origin', theme: 'auto', headers: [] };
const NAMES = [...Object.keys(READ), ...FLAGS];

/** No attribute carries an object. */
const OBJECTS = ['headers', 'texts', 'checkout'];

/** Names that are almost ours: `clientkey`, `token_url`; and what is a property only. */
function slips(attributes) {
  const squeezed = (name) => name.toLowerCase().replace(/[-_]/g, '');
  return attributes.flatMap((name) => {
    const meant = NAMES.find((known) => squeezed(known) === squeezed(name));
    const expected = OBJECTS.includes(meant) ? `the property ${meant}, an object` : meant && kebab(meant) !== name && `the attribute ${kebab(meant)}`;
    return expected ? [{ code: 'attribute_invalid', message: `expected ${expected}, and got an attribute ${name}` }] : [];
  });
}

/**
 * `values` by the names of the properties; `around`: `{base, lang, attributes}`, the address of the page, the
 * language of what is around the element, and the names of the attributes that it has.
 * Answers `{settings, faults}`, without settings where nothing can be paid with these.
 */
export function check(values, { base, lang, attributes = [] } = {}) {
  const faults = slips(attributes);
  const settings = { ...DEFAULTS, language: /^en\b/i.test(lang ?? '') ? 'en' : 'id' };
  let vital = true;
  const say = (name, expected, got, code = 'attribute_invalid') =>
    faults.push({ code, message: `${kebab(name)}: expected ${expected}, and got ${got}` });
  const wrong = (name, ...said) => {
    say(name, ...said);
    if (VITAL.has(name)) vital = false;
  };
  for (const [name, [expected, read]] of Object.entries(READ)) {
    const value = values[name];
    if (value === undefined || value === null) {
      if (name === 'clientKey' || name === 'environment') wrong(name, expected, 'nothing', 'attribute_missing');
      continue;
    }
    let it;
    // A symbol, or an object that is no text: refused like anything else.
    try { it = read(value, base); } catch { /* undefined */ }
    if (it !== undefined) settings[name] = it;
    // A header may be a secret, whatever it is called.
    else wrong(name, expected, name === 'headers' ? 'something else' : shown(value));
  }
  for (const name of FLAGS) {
    const value = values[name];
    settings[name] = value !== undefined && value !== null && value !== false;
    if (value === 'false') wrong(name, 'to be there or not to be there', '"false", which is there');
  }
  // Said and no more: keys are not promised to begin so.
  if (/^SB-/i.test(settings.clientKey) && settings.environment === 'production') {
    say('clientKey', 'a key of production', 'one of the sandbox (SB-…)');
  }
  return { settings: vital ? settings : undefined, faults };
}
