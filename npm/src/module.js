// The program: fetches the wasm, starts it, and keeps the page from its death.
// `create` makes the glue anew each time, so that a program that died can be followed by a fresh one.
import create from 'glue';

/* global WASM_BYTES, WASM_INTEGRITY */
const STALLS = 20_000;
const unsupported = (thrown) => thrown instanceof WebAssembly.CompileError || thrown instanceof WebAssembly.LinkError;

async function bytes(progress, cache) {
  const stop = new AbortController();
  let timer;
  const patient = () => { clearTimeout(timer); timer = setTimeout(() => stop.abort(), STALLS); };
  patient();
  try {
    const url = new URL('./checkout.wasm', import.meta.url);
    const answer = await fetch(url, { integrity: WASM_INTEGRITY, signal: stop.signal, cache });
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    const all = new Uint8Array(WASM_BYTES);
    const reader = answer.body.getReader();
    let loaded = 0;
    for (let chunk; !(chunk = await reader.read()).done;) {
      all.set(chunk.value, loaded);
      loaded += chunk.value.length;
      patient();
      progress(loaded, WASM_BYTES);
    }
    return all;
  } finally {
    clearTimeout(timer);
  }
}

/** Starts a program; `died` is told once when it breaks, and from then on none of its functions does anything. */
export async function launch(progress = () => {}, died = () => {}) {
  let wasm;
  try {
    wasm = await bytes(progress, 'default').catch(() => bytes(progress, 'reload'));
  } catch (thrown) {
    throw { code: 'module_missing', message: `checkout.wasm: ${thrown.message}` };
  }
  const glue = create();
  try {
    const { instance, module } = await WebAssembly.instantiate(wasm, glue.imports());
    glue.begin({ exports: guarded(instance.exports, died) }, module);
  } catch (thrown) {
    throw { code: unsupported(thrown) ? 'module_unsupported' : 'module_panicked', message: thrown.message };
  }
  return glue;
}

/** A program that trapped is in the middle of something for ever: nothing enters it again. */
function guarded(exports, died) {
  let dead = false;
  const guard = (inside) => (...given) => {
    if (dead) return undefined;
    try {
      return inside(...given);
    } catch (thrown) {
      dead = true;
      died(thrown);
      return undefined;
    }
  };
  return Object.fromEntries(Object.entries(exports).map(([name, it]) => [name, typeof it === 'function' ? guard(it) : it]));
}
