import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createSnapMock } from '../src/mock.js';
import { pay } from '../src/pay.js';
import { loadSnap } from '../src/load-snap.js';

const CONFIG = { clientKey: 'SB-Mid-client-abc', environment: 'sandbox' };
let snap;
let restore;

beforeEach(() => {
  // The loader needs no more of the document when snap.js is already loaded.
  globalThis.document = { querySelectorAll: () => [] };
  globalThis.window = globalThis;
  snap = createSnapMock();
  restore = snap.mock.install();
});
afterEach(() => {
  restore();
  delete globalThis.document;
  delete globalThis.window;
});

test('pay resolves to the first callback of the popup', async () => {
  for (const type of ['success', 'pending', 'error']) {
    snap.mock.next({ type, twice: true, thenClose: true, result: { order_id: 'A-1' } });
    const result = await pay({ ...CONFIG, token: 't' });
    assert.equal(result.type, type);
    assert.equal(result.result.order_id, 'A-1');
  }
  snap.mock.next('close');
  assert.deepEqual(await pay({ ...CONFIG, token: 't' }), { type: 'close' });
});

test('pay passes only the options of Snap to snap.pay', async () => {
  snap.mock.next('close');
  await pay({ ...CONFIG, nonce: 'n', token: async () => 'late', language: 'en', uiMode: 'qr' });
  const { token, options } = snap.mock.calls[0];
  assert.equal(token, 'late');
  const { onSuccess, onPending, onError, onClose, ...rest } = options;
  assert.deepEqual(rest, { language: 'en', uiMode: 'qr' });
  for (const callback of [onSuccess, onPending, onError, onClose]) assert.equal(typeof callback, 'function');
});

test('an exception of Snap becomes an error with a code', async () => {
  snap.mock.next('throw', { type: 'throw', message: 'no' });
  await assert.rejects(pay({ ...CONFIG, token: 't' }), { code: 'popup_invalid_state' });
  await assert.rejects(pay({ ...CONFIG, token: 't' }), { code: 'popup_threw', message: 'snap-checkout: snap.pay failed: no' });
});

test('an error of the token function rejects pay, and no popup opens', async () => {
  await assert.rejects(pay({ ...CONFIG, token: () => Promise.reject(new Error('503')) }), /503/);
  assert.deepEqual(snap.mock.calls, []);
});

test('loadSnap resolves to window.snap', async () => {
  assert.equal(await loadSnap(CONFIG), snap);
});

test('invalid client keys and environments are rejected', async () => {
  for (const clientKey of [undefined, '', ' ', 7, 'SB-Mid-server-secret']) {
    await assert.rejects(loadSnap({ ...CONFIG, clientKey }), (error) => error.code === 'client_key_invalid' && !/secret/.test(error.message));
  }
  for (const environment of [undefined, 'live', 'toString', 'https://evil.example', 'http://127.0.0.1.evil.example']) {
    await assert.rejects(loadSnap({ ...CONFIG, environment }), { code: 'attribute_invalid' });
  }
});

test('a page with snap.js of the other environment is rejected', async () => {
  globalThis.document.querySelectorAll = () => [{ src: 'https://app.midtrans.com/snap/snap.js' }];
  const { error } = console;
  console.error = () => {};
  try {
    await assert.rejects(loadSnap(CONFIG), { code: 'script_other_environment' });
  } finally {
    console.error = error;
  }
});
