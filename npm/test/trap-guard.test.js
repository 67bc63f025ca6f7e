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

async function program(outside = () => {}) {
  const { instance } = await WebAssembly.instantiate(BYTES, { a: { b: outside } });
  const deaths = [];
  return { inside: guarded(instance.exports, (thrown) => deaths.push(thrown)), deaths, exports: instance.exports };
}

test('what goes well is handed through, and what is no function stays what it is', async () => {
  const { inside, deaths, exports } = await program();
  assert.equal(inside.seven(), 7);
  assert.equal(inside.memory, exports.memory);
  assert.deepEqual(deaths, []);
});

test('a trap is told once and thrown at nobody, and the program is never entered again', async () => {
  let entered = 0;
  const { inside, deaths } = await program(() => { entered += 1; });
  inside.outside();
  assert.equal(entered, 1);
  inside.trap();
  inside.trap();
  inside.outside();
  assert.equal(entered, 1, 'it is dead');
  assert.equal(deaths.length, 1);
  assert.ok(deaths[0] instanceof WebAssembly.RuntimeError);
});

test('what JavaScript throws right through the program kills it too', async () => {
  const { inside, deaths } = await program(() => { throw new TypeError('no nodes today'); });
  inside.outside();
  assert.equal(deaths.length, 1);
  assert.equal(deaths[0].message, 'no nodes today');
});

test('the glue can go on with what a dead program answers', async () => {
  const { inside } = await program();
  inside.trap();
  const answer = inside.seven();
  assert.equal(answer >>> 0, 0);
  assert.equal(answer[1], undefined, 'no error in a list of results');
});
