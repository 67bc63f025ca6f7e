// Protects the page from a trap of the wasm program: every call of an export goes through this guard.

/** A result that the glue accepts: an empty list has no error, and is 0 as a number. */
const NO_RESULT = [];

/** The state of a trapped program is undefined, so no export is called again. */
export function guarded(exports, onTrap) {
  let trapped = false;
  const guard = (inner) => (...args) => {
    if (trapped) return NO_RESULT;
    try {
      return inner(...args);
    } catch (thrown) {
      trapped = true;
      onTrap(thrown);
      return NO_RESULT;
    }
  };
  return Object.fromEntries(Object.entries(exports).map(([name, it]) => [name, typeof it === 'function' ? guard(it) : it]));
}
