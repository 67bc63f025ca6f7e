// Fetches and starts the wasm program, and protects the page from its traps.
// `create` returns new glue each time, so that a fresh program can replace a trapped one.
import create from 'glue';
import { guarded } from './trap-guard.js';

/* global WASM_BYTES */
/** The longest pause of a download. Milliseconds. */
const STALL_TIMEOUT = 20_000;

/** Checks that the page may run wasm, with the smallest program. Under a strict policy, WebKit compiles it but does not start it. */
async function assertWasmRuns() {
  try {
    await WebAssembly.instantiate(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0), {});
  } catch (thrown) {
    throw { code: 'module_unsupported', message: `this browser or the policy of this page does not run WebAssembly: ${thrown?.message}` };
  }
}

/** Describes a wrong file. The start of the text helps to recognize a page that was served instead. */
function describe({ type, loaded, first }) {
  const start = new TextDecoder().decode(first.slice(0, 60)).replace(/\s+/g, ' ').trim();
  const suffix = /^\0asm/.test(start) ? '' : `, which begin with ${JSON.stringify(start)}`;
  return `expected ${WASM_BYTES} bytes of program, and got ${loaded} of "${type}"${suffix}`;
}

/** Compiles the response while it arrives, whatever its content type is. */
async function compile(requested, imports, progress) {
  const received = { type: '', loaded: 0, first: new Uint8Array() };
  let timer;
  let fail;
  const stalled = new Promise((_, reject) => { fail = reject; });
  const restartTimer = () => {
    clearTimeout(timer);
    timer = setTimeout(fail, STALL_TIMEOUT, new Error('the download stalled'));
  };
  const download = async () => {
    const response = await requested;
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    received.type = response.headers.get('content-type') ?? '';
    const reader = response.body.getReader();
    const counted = new ReadableStream({
      async pull(out) {
        const { done, value } = await reader.read();
        if (done) return out.close();
        restartTimer();
        if (!received.loaded) received.first = value;
        progress(received.loaded += value.length, WASM_BYTES);
        return out.enqueue(value);
      },
    });
    return WebAssembly.instantiateStreaming(new Response(counted, { headers: { 'content-type': 'application/wasm' } }), imports)
      .catch((thrown) => {
        // A complete file that is not a wasm program, or another program.
        const wrong = thrown instanceof WebAssembly.CompileError || thrown instanceof WebAssembly.LinkError;
        throw wrong ? new Error(`${describe(received)}: ${thrown.message}`) : thrown;
      });
  };
  restartTimer();
  try { return await Promise.race([download(), stalled]); } finally { clearTimeout(timer); }
}

const fetchWasm = (cache) => fetch(new URL('./checkout.wasm', import.meta.url), { cache });
let earlyUsed = false;

/**
 * Starts a program. `onTrap` is called once if it traps; its functions then do nothing.
 * `early` is the response that the shell requested in advance, for the first program only.
 */
export async function launch({ early, progress, onTrap }) {
  const glue = create();
  const imports = glue.imports();
  const first = earlyUsed ? fetchWasm('default') : early;
  earlyUsed = true;
  const { instance, module } = await compile(first, imports, progress)
    .catch(async () => {
      await assertWasmRuns();
      // The cached file may be broken, so this request skips the cache.
      return compile(fetchWasm('reload'), imports, progress);
    })
    .catch((thrown) => { throw thrown instanceof Error ? { code: 'module_missing', message: `checkout.wasm: ${thrown.message}` } : thrown; });
  let trapped;
  glue.begin({ exports: guarded(instance.exports, (thrown) => { trapped = thrown; glue.endAll(); onTrap(thrown); }) }, module);
  if (trapped) throw { reported: true };
  return glue;
}
