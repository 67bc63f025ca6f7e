// The program: fetches the wasm, starts it, and keeps the page from its death.
// `create` makes the glue anew each time, so that a program that died can be followed by a fresh one.
import create from 'glue';
import { guarded } from './guard.js';

/* global WASM_BYTES */
/** How long a download may stand still. Milliseconds. */
const STALLS = 20_000;

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
    if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
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

const again = (cache) => fetch(new URL('./checkout.wasm', import.meta.url), { cache });
let handedOut = false;

/**
 * Starts a program; `died` is told once when it breaks, and from then on none of its functions does anything.
 * `early` is the answer that the shell asked for ahead: good for one program.
 */
export async function launch({ early, progress, died }) {
  if (!globalThis.WebAssembly) throw { code: 'module_unsupported', message: 'this browser runs no WebAssembly' };
  const glue = create();
  const imports = glue.imports();
  const first = handedOut ? again('default') : early;
  handedOut = true;
  const { instance, module } = await compiled(first, imports, progress)
    // The network is asked, not the cache: what that has may be broken.
    .catch(() => compiled(again('reload'), imports, progress))
    .catch((thrown) => {
      // A policy without 'wasm-unsafe-eval' is a CompileError too.
      const code = thrown instanceof WebAssembly.CompileError || thrown instanceof WebAssembly.LinkError ? 'module_unsupported' : 'module_missing';
      throw { code, message: `checkout.wasm: ${thrown?.message}` };
    });
  let broken;
  glue.begin({ exports: guarded(instance.exports, (thrown) => { broken = thrown; died(thrown); }) }, module);
  if (broken) throw { told: true };
  return glue;
}
