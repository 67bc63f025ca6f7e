import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../src/validate-attributes.js';

const GOOD = { clientKey: 'SB-Mid-client-abc', environment: 'sandbox' };
const page = { base: 'https://shop.example/cart', lang: null };
const checkWith = (values, overrides) => check({ ...GOOD, ...values }, { ...page, ...overrides });

/** Checks that the values have one fault; with `required`, that there are no settings. Returns the settings. */
function assertFault(values, code, message, { required } = { required: true }) {
  const { settings, faults } = checkWith(values);
  assert.deepEqual(faults.map((fault) => fault.code), [code], JSON.stringify(faults));
  assert.match(faults[0].message, message);
  assert.equal(settings === undefined, required, 'no settings');
  return settings;
}

test('missing settings have their default values', () => {
  assert.deepEqual(checkWith({}), {
    settings: {
      ...GOOD, tokenUrl: '/api/orders', order: '{}', mode: 'auto', credentials: 'same-origin', theme: 'auto', headers: [],
      language: 'id', prepareOnIntent: false, disabled: false, skipOrderSummary: false,
    },
    faults: [],
  });
});

test('all settings are read', () => {
  const { settings, faults } = checkWith({
    environment: 'http://127.0.0.1:8090/', tokenUrl: 'https://api.example/orders', order: { items: [] }, orderKey: 'cart-1', language: 'en-US', mode: 'embed',
    amount: '150000', credentials: 'include', prepareOnIntent: '', disabled: true, theme: 'dark', selectedPaymentType: 'bca_va',
    enabledPayments: ' gopay  bca_va ', uiMode: 'qr', autoCloseDelay: '0', skipOrderSummary: '', headers: { 'x-csrf': 'abc' }, nonce: 'n',
    texts: { pay: 'Bayar!' }, checkout: { token: 't' },
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(settings, {
    clientKey: 'SB-Mid-client-abc', environment: 'http://127.0.0.1:8090', tokenUrl: 'https://api.example/orders', order: '{"items":[]}', orderKey: 'cart-1',
    language: 'en', mode: 'embed', amount: 150000, credentials: 'include', prepareOnIntent: true, disabled: true, theme: 'dark',
    selectedPaymentType: 'bca_va', enabledPayments: ['gopay', 'bca_va'], uiMode: 'qr', autoCloseDelay: 0, skipOrderSummary: true,
    headers: [{ name: 'x-csrf', value: 'abc' }], nonce: 'n', texts: [{ name: 'pay', value: 'Bayar!' }], checkout: { token: 't' },
  });
});

test('the language is that of the element, else of the page, else Indonesian', () => {
  const language = (values, lang) => checkWith(values, { lang }).settings.language;
  assert.equal(language({}, 'en-GB'), 'en');
  assert.equal(language({}, 'id-ID'), 'id');
  assert.equal(language({}, 'enm'), 'id', 'Middle English');
  assert.equal(language({}, 'ms'), 'id');
  assert.equal(language({ language: 'id' }, 'en'), 'id');
});

test('without a valid required setting there are no settings', () => {
  const missing = (name) => {
    const { settings, faults } = check({ ...GOOD, [name]: undefined }, page);
    assert.equal(settings, undefined);
    assert.deepEqual(faults.map((fault) => fault.code), ['attribute_missing']);
    return faults[0].message;
  };
  assert.match(missing('clientKey'), /^client-key: expected the client key .*, and got nothing$/);
  assert.match(missing('environment'), /^environment: expected "sandbox", "production" or .*, and got nothing$/);
  assertFault({ clientKey: '  ' }, 'attribute_invalid', /and got "  "$/);
  for (const environment of ['Sandbox', 'https://app.midtrans.com', 'http://127.0.0.1:8090/path', 'ftp://localhost', 'http://127.0.0.1.evil.example', 1, 'http://u@localhost']) {
    assertFault({ environment }, 'attribute_invalid', /^environment: expected "sandbox"/);
  }
  for (const tokenUrl of ['', 'http://', 'javascript:alert(1)', 'https://user:secret@shop.example/']) assertFault({ tokenUrl }, 'attribute_invalid', /^token-url: expected an http/);
  const loop = {};
  loop.loop = loop;
  for (const order of ['{', '1', '"a"', 'null', '', 7, loop, { n: 1n }]) assertFault({ order }, 'attribute_invalid', /^order: expected JSON/);
  assertFault({ credentials: 'yes' }, 'attribute_invalid', /expected "same-origin" or "include" or "omit", and got "yes"$/);
  for (const checkout of ['t', {}, { token: '' }, ['t']]) assertFault({ checkout }, 'attribute_invalid', /^checkout: /);
});

test('messages never contain a server key', () => {
  const secret = 'SB-Mid-server-topsecret';
  for (const values of [{ clientKey: secret }, { headers: { authorization: secret } }, { order: `[${secret}` }, { amount: secret }, { texts: [secret] }]) {
    const { faults } = checkWith(values);
    assert.equal(faults.length, 1);
    assert.doesNotMatch(faults[0].message, /topsecret/);
  }
  assert.match(checkWith({ clientKey: secret }).faults[0].message, /and got a server key$/);
});

test('an invalid header is refused without its value in the message', () => {
  for (const headers of [{ 'a b': 'x' }, { a: 'hidden\r\nevil: 1' }, { a: 1 }, [['a', 'b']], 'a: b', { '': 'x' }]) {
    assertFault({ headers }, 'attribute_invalid', /^headers: expected an object of header names .*, and got something else$/);
  }
});

test('an invalid optional setting counts as not set', () => {
  const optional = { mode: 'modal', amount: '1.5', theme: 'night', selectedPaymentType: 'a b', enabledPayments: 'a,b', uiMode: 'big', autoCloseDelay: '-1', language: 'fr', texts: { pay: 1 } };
  for (const [name, value] of Object.entries(optional)) {
    const settings = assertFault({ [name]: value }, 'attribute_invalid', /expected .*, and got /, { required: false });
    assert.deepEqual(settings, checkWith({}).settings, name);
  }
  for (const amount of [0, -1, 1.5, NaN, 1e13, '1e3', {}]) assertFault({ amount }, 'attribute_invalid', /^amount: expected whole rupiah/, { required: false });
});

test('a boolean attribute with the value "false" is set, and reported', () => {
  assert.equal(assertFault({ disabled: 'false' }, 'attribute_invalid', /^disabled: /, { required: false }).disabled, true);
  assert.equal(checkWith({ disabled: false }).settings.disabled, false);
});

test('a sandbox key in production is reported', () => {
  assertFault({ environment: 'production' }, 'attribute_invalid', /expected a key of production, and got one of the sandbox/, { required: false });
  assert.deepEqual(checkWith({ clientKey: 'Mid-client-abc', environment: 'production' }).faults, []);
});

test('a misspelt attribute name is reported', () => {
  const { faults } = checkWith({}, { attributes: ['client-key', 'class', 'clientkey', 'token_url', 'data-order', 'onclick'] });
  assert.deepEqual(faults.map((fault) => fault.message), [
    'expected the attribute client-key, and got an attribute clientkey', 'expected the attribute token-url, and got an attribute token_url',
  ]);
});

test('a property-only setting as an attribute is reported, except the nonce', () => {
  const { settings, faults } = checkWith({}, { attributes: ['headers', 'texts', 'checkout', 'nonce'] });
  assert.ok(settings);
  assert.deepEqual(faults.map((fault) => fault.message), ['headers', 'texts', 'checkout'].map((name) => `expected the property ${name}, an object, and got an attribute ${name}`));
});

test('long values are shortened in messages', () => {
  const { faults } = checkWith({ order: `{"a": "${'x'.repeat(500)}` });
  assert.ok(faults[0].message.length < 200, faults[0].message);
});
