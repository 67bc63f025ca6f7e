import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../src/validate-attributes.js';

const GOOD = { clientKey: 'SB-Mid-client-abc', environment: 'sandbox' };
const around = { base: 'https://shop.example/cart', lang: null };
const checked = (values, more) => check({ ...GOOD, ...values }, { ...around, ...more });

/** What is said of one value. */
function refused(values, code, said, { vital } = { vital: true }) {
  const { settings, faults } = checked(values);
  assert.deepEqual(faults.map((fault) => fault.code), [code], JSON.stringify(faults));
  assert.match(faults[0].message, said);
  assert.equal(settings === undefined, vital, 'whether nothing can be paid');
  return settings;
}

test('what is absent is as it is by default', () => {
  assert.deepEqual(checked({}), {
    settings: {
      ...GOOD, tokenUrl: '/api/orders', order: '{}', mode: 'auto', credentials: 'same-origin', theme: 'auto', headers: [],
      language: 'id', prepareOnIntent: false, disabled: false, skipOrderSummary: false,
    },
    faults: [],
  });
});

test('everything at once', () => {
  const { settings, faults } = checked({
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

test('the language is that of the element, else of what is around it, else Indonesian', () => {
  const language = (values, lang) => checked(values, { lang }).settings.language;
  assert.equal(language({}, 'en-GB'), 'en');
  assert.equal(language({}, 'id-ID'), 'id');
  assert.equal(language({}, 'enm'), 'id', 'Middle English is not English');
  assert.equal(language({}, 'ms'), 'id');
  assert.equal(language({ language: 'id' }, 'en'), 'id');
});

test('what nothing can be paid without', () => {
  const missing = (name) => {
    const { settings, faults } = check({ ...GOOD, [name]: undefined }, around);
    assert.equal(settings, undefined);
    assert.deepEqual(faults.map((fault) => fault.code), ['attribute_missing']);
    return faults[0].message;
  };
  assert.match(missing('clientKey'), /^client-key: expected the client key .*, and got nothing$/);
  assert.match(missing('environment'), /^environment: expected "sandbox", "production" or .*, and got nothing$/);
  refused({ clientKey: '  ' }, 'attribute_invalid', /and got "  "$/);
  for (const environment of ['Sandbox', 'https://app.midtrans.com', 'http://127.0.0.1:8090/path', 'ftp://localhost', 'http://127.0.0.1.evil.example', 1, 'http://u@localhost']) {
    refused({ environment }, 'attribute_invalid', /^environment: expected "sandbox"/);
  }
  for (const tokenUrl of ['', 'http://', 'javascript:alert(1)', 'https://user:secret@shop.example/']) refused({ tokenUrl }, 'attribute_invalid', /^token-url: expected an http/);
  const loop = {};
  loop.loop = loop;
  for (const order of ['{', '1', '"a"', 'null', '', 7, loop, { n: 1n }]) refused({ order }, 'attribute_invalid', /^order: expected JSON/);
  refused({ credentials: 'yes' }, 'attribute_invalid', /expected "same-origin" or "include" or "omit", and got "yes"$/);
  for (const checkout of ['t', {}, { token: '' }, ['t']]) refused({ checkout }, 'attribute_invalid', /^checkout: /);
});

test('a server key is never said again', () => {
  const secret = 'SB-Mid-server-topsecret';
  for (const values of [{ clientKey: secret }, { headers: { authorization: secret } }, { order: `[${secret}` }, { amount: secret }, { texts: [secret] }]) {
    const { faults } = checked(values);
    assert.equal(faults.length, 1);
    assert.doesNotMatch(faults[0].message, /topsecret/);
  }
  assert.match(checked({ clientKey: secret }).faults[0].message, /and got a server key$/);
});

test('a header that HTTP forbids is refused without its value', () => {
  for (const headers of [{ 'a b': 'x' }, { a: 'hidden\r\nevil: 1' }, { a: 1 }, [['a', 'b']], 'a: b', { '': 'x' }]) {
    refused({ headers }, 'attribute_invalid', /^headers: expected an object of header names .*, and got something else$/);
  }
});

test('a wrong one of the others is as if it were not set', () => {
  const others = { mode: 'modal', amount: '1.5', theme: 'night', selectedPaymentType: 'a b', enabledPayments: 'a,b', uiMode: 'big', autoCloseDelay: '-1', language: 'fr', texts: { pay: 1 } };
  for (const [name, value] of Object.entries(others)) {
    const settings = refused({ [name]: value }, 'attribute_invalid', /expected .*, and got /, { vital: false });
    assert.deepEqual(settings, checked({}).settings, name);
  }
  for (const amount of [0, -1, 1.5, NaN, 1e13, '1e3', {}]) refused({ amount }, 'attribute_invalid', /^amount: expected whole rupiah/, { vital: false });
});

test('a flag that says "false" is there, and that is said', () => {
  assert.equal(refused({ disabled: 'false' }, 'attribute_invalid', /^disabled: /, { vital: false }).disabled, true);
  assert.equal(checked({ disabled: false }).settings.disabled, false);
});

test('a key of the sandbox in production is said', () => {
  refused({ environment: 'production' }, 'attribute_invalid', /expected a key of production, and got one of the sandbox/, { vital: false });
  assert.deepEqual(checked({ clientKey: 'Mid-client-abc', environment: 'production' }).faults, []);
});

test('a slip of the pen in a name is told', () => {
  const { faults } = checked({}, { attributes: ['client-key', 'class', 'clientkey', 'token_url', 'data-order', 'onclick'] });
  assert.deepEqual(faults.map((fault) => fault.message), [
    'expected the attribute client-key, and got an attribute clientkey', 'expected the attribute token-url, and got an attribute token_url',
  ]);
});

test('what is a property only is told where it stands as an attribute, and the nonce may', () => {
  const { settings, faults } = checked({}, { attributes: ['headers', 'texts', 'checkout', 'nonce'] });
  assert.ok(settings);
  assert.deepEqual(faults.map((fault) => fault.message), ['headers', 'texts', 'checkout'].map((name) => `expected the property ${name}, an object, and got an attribute ${name}`));
});

test('long values are cut', () => {
  const { faults } = checked({ order: `{"a": "${'x'.repeat(500)}` });
  assert.ok(faults[0].message.length < 200, faults[0].message);
});
