// The program: fetches the wasm, starts it, and keeps the page from its death.
// `create` makes the glue anew each time, so that a program that died can be followed by a fresh one.
import create from 'glue';

/* global WASM_BYTES */
/** So long nothing of it may come. Milliseconds. */
const STALLS = 20_000;
const unsupported = (thrown) => thrown instanceof WebAssembly.CompileError || thrown instanceof WebAssembly.LinkError;

/** Compiles what is coming, as it comes, whatever type the server gives it. */
async function compiled(asked, imports, progress) {
  let timer;
  let give;
  const up = new Promise((_, reject) => { give = reject; });
  const patient = () => {
    clearTimeout(timer);
    timer = setTimeout(give, STALLS, new Error('it stopped coming'));
  };
  const coming = async () => {
    const answer = await asked;
    if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    const reader = answer.body.getReader();
    let loaded = 0;
    const counted = new ReadableStream({
      async pull(out) {
        const { done, value } = await reader.read();
        if (done) return out.close();
        patient();
        progress(loaded += value.length, WASM_BYTES);
        return out.enqueue(value);
      },
    });
    return WebAssembly.instantiateStreaming(new Response(counted, { headers: { 'content-type': 'application/wasm' } }), imports);
  };
  patient();
  try { return await Promise.race([coming(), up]); } finally { clearTimeout(timer); }
}

/**
 * Starts a program; `died` is told once when it breaks, and from then on none of its functions does anything.
 * `fetched(cache)` asks for the bytes; what was asked for ahead is handed out once.
 */
export async function launch(fetched, progress = () => {}, died = () => {}) {
  const glue = create();
  const imports = glue.imports();
  let program;
  try {
    program = await compiled(fetched(), imports, progress).catch(() => compiled(fetched('reload'), imports, progress));
  } catch (thrown) {
    throw { code: unsupported(thrown) ? 'module_unsupported' : 'module_missing', message: `checkout.wasm: ${thrown.message}` };
  }
  try {
    glue.begin({ exports: guarded(program.instance.exports, died) }, program.module);
  } catch (thrown) {
    throw { code: 'module_panicked', message: thrown.message };
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
