// Keeps a page from the death of its program: whoever enters the wasm does so through here.

/** Whatever the glue expects: no error in a list of results, 0 as a number. */
const NOTHING = [];

/** A program that trapped is in the middle of something for ever: nothing enters it again. */
export function guarded(exports, died) {
  let dead = false;
  const guard = (inside) => (...given) => {
    if (dead) return NOTHING;
    try {
      return inside(...given);
    } catch (thrown) {
      dead = true;
      died(thrown);
      return NOTHING;
    }
  };
  return Object.fromEntries(Object.entries(exports).map(([name, it]) => [name, typeof it === 'function' ? guard(it) : it]));
}
