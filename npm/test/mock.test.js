import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSnapMock } from '../src/mock.js';

/** Callbacks that write down what they hear. */
function hears() {
  const heard = [];
  const on = (name) => (...given) => heard.push([name, ...given.map((result) => result.status_code)]);
  return { heard, options: { onSuccess: on('success'), onPending: on('pending'), onError: on('error'), onClose: on('close') } };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('each call takes the next outcome, after it has returned', async () => {
  const snap = createSnapMock('success', 'pending', 'error', 'close');
  const { heard, options } = hears();
  for (const expected of [['success', '200'], ['pending', '201'], ['error', '202'], ['close']]) {
    heard.length = 0;
    snap.pay('t', options);
    assert.deepEqual(heard, [], 'not within the call');
    assert.equal(snap.mock.state, 'PopupInView');
    await settled();
    assert.deepEqual(heard, [expected]);
    assert.equal(snap.mock.state, 'Initial');
  }
});

test('without an outcome it waits for the customer', async () => {
  const snap = createSnapMock();
  const { heard, options } = hears();
  snap.pay('t', options);
  await settled();
  assert.deepEqual(heard, []);
  snap.mock.finish({ type: 'success', result: { order_id: 'A-1', status_code: '200' } });
  assert.deepEqual(heard, [['success', '200']]);
  assert.throws(() => snap.mock.finish('close'), /no popup is open/);
});

test('a callback twice, and a close after the end, as seen in the wild', async () => {
  const snap = createSnapMock({ type: 'pending', twice: true, thenClose: true });
  const { heard, options } = hears();
  snap.pay('t', options);
  await settled();
  assert.deepEqual(heard, [['pending', '201'], ['pending', '201'], ['close']]);
});

test('a second pay while one is open throws as Snap does, and the first goes on', async () => {
  const snap = createSnapMock();
  const { heard, options } = hears();
  snap.pay('t', options);
  assert.throws(() => snap.pay('t2', options), { message: 'snap.pay is not allowed to be called in this state. Invalid state transition from PopupInView to PopupInView' });
  assert.throws(() => snap.embed('t2', { embedId: 'e' }), /from PopupInView to EmbedInView/);
  assert.throws(() => snap.show(), /from PopupInView to LoadingInView/);
  snap.mock.finish('success');
  assert.deepEqual(heard, [['success', '200']]);
});

test('it throws when told to, once', () => {
  const snap = createSnapMock('throw', { type: 'throw', message: 'blocked' });
  assert.throws(() => snap.pay('t'), /Invalid state transition from PopupInView to PopupInView/);
  assert.equal(snap.mock.state, 'Initial');
  assert.throws(() => snap.pay('t'), { message: 'blocked' });
  snap.pay('t');
});

test('what is hidden says nothing more', async () => {
  const snap = createSnapMock('success', 'close');
  const { heard, options } = hears();
  snap.pay('t', options);
  snap.hide();
  await settled();
  assert.deepEqual(heard, []);
  snap.pay('t', options);
  await settled();
  assert.deepEqual(heard, [['close']]);
});

test('show, then pay; embed with a container; hide with nothing open', async () => {
  const snap = createSnapMock();
  snap.hide();
  snap.show();
  assert.equal(snap.mock.state, 'LoadingInView');
  snap.pay('t');
  snap.hide();
  assert.throws(() => snap.embed('t', {}), /needs embedId/);
  snap.embed('t', { embedId: 'box' });
  assert.equal(snap.mock.state, 'EmbedInView');
  assert.deepEqual(snap.mock.calls.map(({ method }) => method), ['hide', 'show', 'pay', 'hide', 'embed']);
  assert.throws(() => createSnapMock().pay(''), /needs a token/);
});

test('install and take away again', () => {
  const before = { snap: 'theirs' };
  const away = createSnapMock().mock.install(before);
  assert.equal(typeof before.snap.pay, 'function');
  away();
  assert.deepEqual(before, { snap: 'theirs' });
  createSnapMock().mock.install()();
  assert.equal('snap' in globalThis, false);
});

test('a word that is no outcome is told at once', () => {
  assert.throws(() => createSnapMock('paid'), /an outcome is one of success, pending, error, close, throw, wait, not "paid"/);
  const snap = createSnapMock();
  assert.throws(() => snap.mock.next({}), TypeError);
  snap.pay('t');
  assert.throws(() => snap.mock.finish('throw'), /cannot throw/);
});
