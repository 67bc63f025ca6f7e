// Property test: every setting is accepted or refused with a stable code, and nothing throws. The inputs are the same in each run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../src/validate-attributes.js';

const INPUTS = 40_000;
const CODES = new Set(['attribute_invalid', 'attribute_missing']);
const SERVER_KEY = /mid-server/i;

/** A seeded pseudo-random generator (mulberry32): returns integers below `limit`. */
function randomGenerator(seed) {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

const NAMES = [
  'clientKey', 'environment', 'tokenUrl', 'order', 'orderKey', 'language', 'mode', 'amount', 'credentials', 'theme', 'selectedPaymentType',
  'enabledPayments', 'uiMode', 'autoCloseDelay', 'headers', 'nonce', 'texts', 'checkout', 'prepareOnIntent', 'disabled', 'skipOrderSummary',
];
const circular = {};
circular.self = circular;
const VALUES = [
  'SB-Mid-client-abc', 'Mid-client-abc', 'SB-Mid-SERVER-s3cret', ' mid-server-s3cret ', 'sandbox', 'production', 'local', 'http://127.0.0.1:8090',
  'http://127.0.0.1:8090/', 'http://127.0.0.1.evil.example', 'http://localhost@evil.example', 'https://[::1]:1', 'http://127.0.0.1:8090/x',
  'javascript:alert(1)', '//evil.example', '/api/orders', 'https://shop.example/a b', '', ' ', '{}', '{"items":[]}', '[]', '{', 'null', '7',
  'id', 'en-GB', 'idiot', 'auto', 'popup', 'embed', 'redirect', 'same-origin', 'include', '0', '-1', '1.5', '1e3', '99999999999999999999', ' 5 ',
  'false', 'true', 'gopay', 'gopay bca_va', 'go<pay', 'a\u202eb', '\ud800', 'x'.repeat(5_000),
  0, -0, 1, 150_000, 1.5, -5, NaN, Infinity, 2 ** 53, 7n, true, false, null, undefined, Symbol('s3cret'), () => 's3cret',
  {}, [], [[]], [null], ['gopay'], ['go pay'], [Symbol('x')], { token: 't' }, { token: '' }, { token: 7 }, { items: [] }, { a: 'b' }, { 'x y': '1' },
  { x: 'a\r\nb' }, { authorization: 'SB-Mid-server-s3cret' }, { 'x-csrf': 'ok' }, Object.create(null), circular, new Date(0), new Map(), /x/,
  { toString() { throw new Error('toString'); } }, { toJSON() { throw new Error('toJSON'); } }, { toString: null, valueOf: null },
];
const ATTRIBUTES = ['clientkey', 'client_key', 'CLIENT-KEY', 'client-key', 'data-x', 'class', 'token_url', 'constructor', '__proto__', ''];

test(`${INPUTS} random settings are accepted or refused without an exception`, () => {
  const pick = randomGenerator(20_260_101);
  const oneOf = (list) => list[pick(list.length)];
  const counts = { accepted: 0, refused: 0 };
  for (let round = 0; round < INPUTS; round += 1) {
    const values = pick(4) ? { clientKey: 'SB-Mid-client-abc', environment: 'sandbox' } : {};
    for (let left = pick(6); left > 0; left -= 1) values[oneOf(NAMES)] = oneOf(VALUES);
    const page = { base: oneOf(['https://shop.example/cart', 'about:blank', 'http://127.0.0.1:1/']), lang: oneOf(['en', 'id', '', null, undefined]) };
    page.attributes = Array.from({ length: pick(3) }, () => oneOf(ATTRIBUTES));
    let result;
    try {
      result = check(values, page);
    } catch (error) {
      assert.fail(`${error} by ${Object.entries(values).map(([name, value]) => `${name}: ${typeof value}`)}`);
    }
    const { settings, faults } = result;
    for (const { code, message } of faults) {
      assert.ok(CODES.has(code), code);
      assert.ok(message.length < 400, 'the message is not shortened');
      assert.doesNotMatch(message, SERVER_KEY, 'the message contains a server key');
    }
    if (!settings) {
      counts.refused += 1;
      assert.ok(faults.length > 0, 'refused without a fault');
      continue;
    }
    counts.accepted += 1;
    const { clientKey, environment, headers, amount, order, checkout, enabledPayments } = settings;
    assert.ok(typeof clientKey === 'string' && clientKey && !SERVER_KEY.test(clientKey));
    assert.match(environment, /^(sandbox|production|https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?)$/);
    for (const { name, value } of headers) {
      // The browser accepts the header.
      new Headers([[name, value]]);
      assert.doesNotMatch(value, SERVER_KEY);
    }
    assert.ok(amount === undefined || (Number.isSafeInteger(amount) && amount > 0), `${amount}`);
    assert.equal(typeof JSON.parse(order), 'object');
    assert.ok(checkout === undefined || typeof checkout.token === 'string');
    assert.ok(enabledPayments === undefined || enabledPayments.every((method) => /^\w+$/.test(method)));
    assert.match(new URL(settings.tokenUrl, 'https://shop.example/').protocol, /^https?:$/);
  }
  assert.ok(counts.accepted > INPUTS / 10 && counts.refused > INPUTS / 10, `too few of one kind: ${JSON.stringify(counts)}`);
});
