import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSnapMock } from '../src/mock.js';

/** Options whose callbacks record their calls. */
function recorder() {
  const calls = [];
  const on = (name) => (...args) => calls.push([name, ...args.map((result) => result.status_code)]);
  return { calls, options: { onSuccess: on('success'), onPending: on('pending'), onError: on('error'), onClose: on('close') } };
}
const nextTask = () => new Promise((resolve) => setImmediate(resolve));

test('each call has the next outcome, after it has returned', async () => {
  const snap = createSnapMock('success', 'pending', 'error', 'close');
  const { calls, options } = recorder();
  for (const expected of [['success', '200'], ['pending', '201'], ['error', '202'], ['close']]) {
    calls.length = 0;
    snap.pay('t', options);
    assert.deepEqual(calls, [], 'callbacks within the call');
    assert.equal(snap.mock.state, 'PopupInView');
    await nextTask();
    assert.deepEqual(calls, [expected]);
    assert.equal(snap.mock.state, 'Initial');
  }
});

test('without an outcome the popup stays open', async () => {
  const snap = createSnapMock();
  const { calls, options } = recorder();
  snap.pay('t', options);
  await nextTask();
  assert.deepEqual(calls, []);
  snap.mock.finish({ type: 'success', result: { order_id: 'A-1', status_code: '200' } });
  assert.deepEqual(calls, [['success', '200']]);
  assert.throws(() => snap.mock.finish('close'), /no popup is open/);
});

test('a callback can come twice and be followed by onClose, as in production', async () => {
  const snap = createSnapMock({ type: 'pending', twice: true, thenClose: true });
  const { calls, options } = recorder();
  snap.pay('t', options);
  await nextTask();
  assert.deepEqual(calls, [['pending', '201'], ['pending', '201'], ['close']]);
});

test('a second pay while a popup is open throws as Snap does, and the first one continues', async () => {
  const snap = createSnapMock();
  const { calls, options } = recorder();
  snap.pay('t', options);
  assert.throws(() => snap.pay('t2', options), { message: 'snap.pay is not allowed to be called in this state. Invalid state transition from PopupInView to PopupInView' });
  assert.throws(() => snap.embed('t2', { embedId: 'e' }), /from PopupInView to EmbedInView/);
  assert.throws(() => snap.show(), /from PopupInView to LoadingInView/);
  snap.mock.finish('success');
  assert.deepEqual(calls, [['success', '200']]);
});

test('the outcome "throw" throws once', () => {
  const snap = createSnapMock('throw', { type: 'throw', message: 'blocked' });
  assert.throws(() => snap.pay('t'), /Invalid state transition from PopupInView to PopupInView/);
  assert.equal(snap.mock.state, 'Initial');
  assert.throws(() => snap.pay('t'), { message: 'blocked' });
  snap.pay('t');
});

test('hide prevents later callbacks', async () => {
  const snap = createSnapMock('success', 'close');
  const { calls, options } = recorder();
  snap.pay('t', options);
  snap.hide();
  await nextTask();
  assert.deepEqual(calls, []);
  snap.pay('t', options);
  await nextTask();
  assert.deepEqual(calls, [['close']]);
});

test('show, pay, embed and hide follow the states of Snap', async () => {
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

test('install replaces window.snap, and its result restores it', () => {
  const target = { snap: 'original' };
  const restore = createSnapMock().mock.install(target);
  assert.equal(typeof target.snap.pay, 'function');
  restore();
  assert.deepEqual(target, { snap: 'original' });
  createSnapMock().mock.install()();
  assert.equal('snap' in globalThis, false);
});

test('an unknown outcome throws at once', () => {
  assert.throws(() => createSnapMock('paid'), /an outcome is one of success, pending, error, close, throw, wait, not "paid"/);
  const snap = createSnapMock();
  assert.throws(() => snap.mock.next({}), TypeError);
  snap.pay('t');
  assert.throws(() => snap.mock.finish('throw'), /cannot throw/);
});
