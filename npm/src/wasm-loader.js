// The program: fetches the wasm, starts it, and keeps the page from its death.
// `create` makes the glue anew each time, so that a program that died can be followed by a fresh one.
import create from 'glue';
import { guarded } from './trap-guard.js';

/* global WASM_BYTES */
/** How long a download may stand still. Milliseconds. */
const STALLS = 20_000;

/** Tries the smallest program there is. To compile it is not enough: WebKit's policy forbids only to start it. */
async function runsPrograms() {
  try {
    await WebAssembly.instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), {});
  } catch (thrown) {
    throw { code: 'module_unsupported', message: `this browser, or the policy of this page, runs no WebAssembly: ${thrown?.message}` };
  }
}

/** What came, in words; a page that came in its place is known by how it begins. */
function described({ type, loaded, first }) {
  const begins = new TextDecoder().decode(first.slice(0, 60)).replace(/\s+/g, ' ').trim();
  const what = /^\0asm/.test(begins) ? '' : `, which begin with ${JSON.stringify(begins)}`;
  return `expected ${WASM_BYTES} bytes of program, and got ${loaded} of "${type}"${what}`;
}

/** Compiles what is coming, as it comes, whatever type the server gives it. */
async function compiled(asked, imports, progress) {
  const came = { type: '', loaded: 0, first: new Uint8Array() };
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
    came.type = answer.headers.get('content-type') ?? '';
    const reader = answer.body.getReader();
    const counted = new ReadableStream({
      async pull(out) {
        const { done, value } = await reader.read();
        if (done) return out.close();
        patient();
        if (!came.loaded) came.first = value;
        progress(came.loaded += value.length, WASM_BYTES);
        return out.enqueue(value);
      },
    });
    return WebAssembly.instantiateStreaming(new Response(counted, { headers: { 'content-type': 'application/wasm' } }), imports)
      .catch((thrown) => {
        // Something whole that is no program, or one that is not ours.
        const wrong = thrown instanceof WebAssembly.CompileError || thrown instanceof WebAssembly.LinkError;
        throw wrong ? new Error(`${described(came)}: ${thrown.message}`) : thrown;
      });
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
  const glue = create();
  const imports = glue.imports();
  const first = handedOut ? again('default') : early;
  handedOut = true;
  const { instance, module } = await compiled(first, imports, progress)
    .catch(async () => {
      await runsPrograms();
      // The network is asked, not the cache: what that has may be broken.
      return compiled(again('reload'), imports, progress);
    })
    .catch((thrown) => { throw thrown instanceof Error ? { code: 'module_missing', message: `checkout.wasm: ${thrown.message}` } : thrown; });
  let broken;
  glue.begin({ exports: guarded(instance.exports, (thrown) => { broken = thrown; glue.endAll(); died(thrown); }) }, module);
  if (broken) throw { told: true };
  return glue;
}
