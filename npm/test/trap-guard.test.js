import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guarded } from '../src/trap-guard.js';

// (module (import "a" "b" (func $b)) (memory (export "memory") 1)
//   (func (export "trap") unreachable) (func (export "seven") (result i32) i32.const 7) (func (export "outside") call $b))
const BYTES = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 0, 0, 96, 0, 1, 127, 2, 7, 1, 1, 97, 1, 98, 0, 0, 3, 4, 3, 0, 1, 0, 5, 3, 1, 0, 1,
  7, 35, 4, 6, 109, 101, 109, 111, 114, 121, 2, 0, 4, 116, 114, 97, 112, 0, 1, 5, 115, 101, 118, 101, 110, 0, 2, 7, 111, 117, 116, 115, 105, 100, 101, 0, 3,
  10, 15, 3, 3, 0, 0, 11, 4, 0, 65, 7, 11, 4, 0, 16, 0, 11,
]);

async function guardedModule(imported = () => {}) {
  const { instance } = await WebAssembly.instantiate(BYTES, { a: { b: imported } });
  const errors = [];
  return { guard: guarded(instance.exports, (error) => errors.push(error)), errors, exports: instance.exports };
}

test('results and exports that are no functions pass unchanged', async () => {
  const { guard, errors, exports } = await guardedModule();
  assert.equal(guard.seven(), 7);
  assert.equal(guard.memory, exports.memory);
  assert.deepEqual(errors, []);
});

test('a trap is reported once and not thrown, and wasm is never called again', async () => {
  let importCalls = 0;
  const { guard, errors } = await guardedModule(() => { importCalls += 1; });
  guard.outside();
  assert.equal(importCalls, 1);
  guard.trap();
  guard.trap();
  guard.outside();
  assert.equal(importCalls, 1, 'wasm was called after the trap');
  assert.equal(errors.length, 1);
  assert.ok(errors[0] instanceof WebAssembly.RuntimeError);
});

test('a JavaScript exception that crosses wasm counts as a trap', async () => {
  const { guard, errors } = await guardedModule(() => { throw new TypeError('no nodes today'); });
  guard.outside();
  assert.equal(errors.length, 1);
  assert.equal(errors[0].message, 'no nodes today');
});

test('after a trap the exports return values that the glue can handle', async () => {
  const { guard } = await guardedModule();
  guard.trap();
  const result = guard.seven();
  assert.equal(result >>> 0, 0);
  assert.equal(result[1], undefined, 'an error in a list of results');
});
