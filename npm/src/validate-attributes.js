// Validates the settings of the element and describes faults for the developer. A pure function.

const SERVER_KEY = /mid-server/i;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** A fault in one of these prevents payments. A fault in another setting counts as if it were not set. */
const REQUIRED = new Set(['clientKey', 'environment', 'tokenUrl', 'order', 'orderKey', 'checkout', 'credentials', 'headers', 'nonce']);

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A value for a message: short, and never a secret. */
function describe(value) {
  let text;
  try { text = typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' ? JSON.stringify(value) : String(value); } catch { text = 'a value that is not JSON'; }
  text ??= typeof value;
  if (SERVER_KEY.test(text)) return 'a server key';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value) => (typeof value === 'string' && value.trim() ? value : undefined);
const oneOf = (...options) => [options.map((option) => `"${option}"`).join(' or '), (value) => (options.includes(value) ? value : undefined)];

function parseUrl(value, base) {
  try {
    const url = new URL(value, base);
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url : undefined;
  } catch { return undefined; }
}

function environment(value) {
  if (value === 'sandbox' || value === 'production') return value;
  const url = typeof value === 'string' ? parseUrl(value) : undefined;
  return url && LOOPBACK.test(url.hostname) && url.origin === value.replace(/\/$/, '') ? url.origin : undefined;
}

/** The order as JSON text. A text is sent unchanged; an object is serialized. */
function order(value) {
  try {
    const json = typeof value === 'string' ? value : JSON.stringify(value);
    const parsed = JSON.parse(json);
    return typeof parsed === 'object' && parsed ? json : undefined;
  } catch { return undefined; }
}

function integer(min, max) {
  return (value) => {
    const number = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
    return Number.isSafeInteger(number) && number >= min && number <= max ? number : undefined;
  };
}

const list = (object) => Object.entries(object).map(([name, value]) => ({ name, value }));

function headers(value) {
  if (!isObject(value)) return undefined;
  const isValid = (it) => HEADER_NAME.test(it.name) && typeof it.value === 'string' && /^[ -~]*$/.test(it.value) && !SERVER_KEY.test(it.value);
  return list(value).every(isValid) ? list(value) : undefined;
}

function payments(value) {
  const methods = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : undefined;
  return methods?.every((method) => /^\w+$/.test(method)) ? methods : undefined;
}

function texts(value) {
  return isObject(value) && Object.values(value).every((it) => typeof it === 'string') ? list(value) : undefined;
}

/** Name → the expected value, and a parser that returns undefined for a wrong one. */
const PARSERS = {
  clientKey: ['the client key of Midtrans\' dashboard', (value) => (SERVER_KEY.test(value) ? undefined : text(value)?.trim())],
  environment: ['"sandbox", "production" or the origin of a gateway on this machine, such as "http://127.0.0.1:8090"', environment],
  tokenUrl: ['an http(s) address', (value, base) => (text(value) && parseUrl(value, base) ? value : undefined)],
  order: ['JSON, as text or, as a property, as an object', order],
  orderKey: ['text', text],
  language: ['"id" or "en"', (value) => /^(id|en)\b/i.exec(value)?.[1].toLowerCase()],
  mode: oneOf('auto', 'popup', 'embed', 'redirect'),
  amount: ['whole rupiah, such as "150000"', integer(1, 999_999_999_999)],
  credentials: oneOf('same-origin', 'include', 'omit'),
  theme: oneOf('auto', 'light', 'dark'),
  selectedPaymentType: ['the name of a payment method, such as "gopay"', (value) => (/^\w+$/.test(value) ? value : undefined)],
  enabledPayments: ['names of payment methods with spaces between', payments],
  uiMode: oneOf('deeplink', 'qr', 'auto'),
  autoCloseDelay: ['whole seconds', integer(0, 86_400)],
  headers: ['an object of header names and values that HTTP allows, without a server key', headers],
  nonce: ['text', text],
  texts: ['an object of texts by their keys', texts],
  checkout: ['an object with the token of an order', (value) => (isObject(value) && text(value.token) ? value : undefined)],
};
const FLAGS = ['prepareOnIntent', 'disabled', 'skipOrderSummary'];
const DEFAULTS = { tokenUrl: '/api/orders', order: '{}', mode: 'auto', credentials: 'same-origin', theme: 'auto', headers: [] };
const NAMES = [...Object.keys(PARSERS), ...FLAGS];

/** Settings that exist only as properties, because an attribute cannot contain an object. */
const OBJECTS = ['headers', 'texts', 'checkout'];

/** Faults of attribute names: misspelled ones such as `clientkey` or `token_url`, and names of properties. */
function nameFaults(attributes) {
  const squeezed = (name) => name.toLowerCase().replace(/[-_]/g, '');
  return attributes.flatMap((name) => {
    const meant = NAMES.find((known) => squeezed(known) === squeezed(name));
    const expected = OBJECTS.includes(meant) ? `the property ${meant}, an object` : meant && kebab(meant) !== name && `the attribute ${kebab(meant)}`;
    return expected ? [{ code: 'attribute_invalid', message: `expected ${expected}, and got an attribute ${name}` }] : [];
  });
}

/**
 * Validates `values`, which have the names of the properties. The context is `{base, lang, attributes}`: the page's URL, the
 * language of the surrounding element, and the names of the element's attributes.
 * Returns `{settings, faults}`, without settings if no payment is possible.
 */
export function check(values, { base, lang, attributes = [] } = {}) {
  const faults = nameFaults(attributes);
  const settings = { ...DEFAULTS, language: /^en\b/i.test(lang ?? '') ? 'en' : 'id' };
  let isUsable = true;
  const addFault = (name, expected, got, code = 'attribute_invalid') =>
    faults.push({ code, message: `${kebab(name)}: expected ${expected}, and got ${got}` });
  const reject = (name, ...details) => {
    addFault(name, ...details);
    if (REQUIRED.has(name)) isUsable = false;
  };
  for (const [name, [expected, parse]] of Object.entries(PARSERS)) {
    const value = values[name];
    if (value === undefined || value === null) {
      if (name === 'clientKey' || name === 'environment') reject(name, expected, 'nothing', 'attribute_missing');
      continue;
    }
    let parsed;
    // A symbol, or an object that cannot become a text, is rejected too.
    try { parsed = parse(value, base); } catch { /* undefined */ }
    if (parsed !== undefined) settings[name] = parsed;
    // A header may be a secret, so its value is never part of the message.
    else reject(name, expected, name === 'headers' ? 'something else' : describe(value));
  }
  for (const name of FLAGS) {
    const value = values[name];
    settings[name] = value !== undefined && value !== null && value !== false;
    if (value === 'false') reject(name, 'to be present or absent', '"false", which counts as present');
  }
  // Only a warning, because Midtrans does not promise these prefixes.
  if (/^SB-/i.test(settings.clientKey) && settings.environment === 'production') {
    addFault('clientKey', 'a key of production', 'one of the sandbox (SB-…)');
  }
  return { settings: isUsable ? settings : undefined, faults };
}
