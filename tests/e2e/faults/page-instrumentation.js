// The first script of the storefront in the fault tests. It replaces the clock, storage, the popup's callbacks and
// WebAssembly imports. The proxy injects it and calls it with the cell's settings.
(function instrument(settings) {
  const real = {
    setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
    now: performance.now.bind(performance), Date, fetch: window.fetch.bind(window),
  };
  const busy = { scripts: 0, fetches: 0, reads: 0 };
  const state = { skipped: 0, clockOffset: settings.clockOffset ?? 0, frozen: false, tags: 0, trap: false, callbacks: settings.callbacks };

  // The clock runs normally, and a test can skip to the next timer.
  const now = () => real.now() + state.skipped;
  const timers = new Map();
  let lastId = 1e6;
  let realTimer;
  const earliest = () => [...timers.entries()].sort(([idA, a], [idB, b]) => a.due - b.due || idA - idB)[0];
  function arm() {
    real.clearTimeout(realTimer);
    const next = earliest();
    if (next && !state.frozen) realTimer = real.setTimeout(run, Math.max(0, next[1].due - now()));
  }
  function run() {
    const next = earliest();
    if (next && !state.frozen && next[1].due <= now()) {
      timers.delete(next[0]);
      try { next[1].callback(); } finally { arm(); }
    } else arm();
  }
  window.setTimeout = (callback, delay = 0, ...args) => {
    lastId += 1;
    timers.set(lastId, { due: now() + Math.max(0, Number(delay) || 0), callback: () => callback(...args) });
    arm();
    return lastId;
  };
  window.clearTimeout = (id) => { if (timers.delete(id)) arm(); else real.clearTimeout(id); };
  performance.now = now;
  const today = () => real.Date.now() + state.skipped + state.clockOffset;
  window.Date = new Proxy(real.Date, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length ? args : [today()], newTarget),
    apply: () => new real.Date(today()).toString(),
    get: (target, name) => (name === 'now' ? today : Reflect.get(target, name)),
  });

  // Counts what is in progress, so that no time is skipped while a response is about to arrive.
  const track = (kind, promise) => {
    busy[kind] += 1;
    const done = () => { busy[kind] -= 1; };
    promise.then(done, done);
    return promise;
  };
  window.fetch = (...args) => track('fetches', real.fetch(...args));
  const { read } = ReadableStreamDefaultReader.prototype;
  ReadableStreamDefaultReader.prototype.read = function (...args) { return track('reads', read.apply(this, args)); };
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const tag of addedNodes) {
        if (tag.localName !== 'script' || !tag.src.includes('/snap/snap.js')) continue;
        state.tags += 1;
        track('scripts', new Promise((resolve) => {
          tag.addEventListener('load', resolve);
          tag.addEventListener('error', resolve);
          tag.onRemoved = resolve;
        }));
      }
      for (const tag of removedNodes) tag.onRemoved?.();
    }
  }).observe(document, { childList: true, subtree: true });

  // Storage.
  const throwing = (name) => () => { throw new DOMException('a fault', name); };
  if (settings.storage !== 'forbidden') localStorage.setItem('storefront:language', 'en');
  if (settings.storage === 'full') Storage.prototype.setItem = throwing('QuotaExceededError');
  if (settings.storage === 'forbidden') {
    for (const area of ['localStorage', 'sessionStorage']) Object.defineProperty(window, area, { get: throwing('SecurityError') });
  }

  // Faults of the popup's callbacks: each makes a callback from the original one.
  const CALLBACK_FAULTS = {
    'hang': () => () => {},
    'truncated': (on) => () => on(),
    'wrong types': (on) => () => on({ status_code: ['200'], order_id: 7, va_numbers: 'none', transaction_status: { paid: true } }),
    'huge': (on) => (result) => on({ ...result, junk: ' '.repeat(8e6), va_numbers: Array(1e5).fill({ bank: 'x', va_number: '1' }) }),
    'false success': (on, options) => () => options.onSuccess({ status_code: '200', transaction_status: 'settlement', gross_amount: '1.00' }),
  };
  let snap;
  Object.defineProperty(window, 'snap', {
    configurable: true,
    get: () => snap,
    set(value) {
      const withFault = CALLBACK_FAULTS[state.callbacks];
      snap = !withFault ? value : {
        ...value,
        pay: (token, options) => value.pay(token, Object.fromEntries(Object.entries(options).map(([name, option]) =>
          [name, typeof option === 'function' ? withFault(option, options) : option]))),
      };
    },
  });

  // A trap: the next call from wasm to the page throws, as after a Rust panic.
  const wrap = (imports) => Object.fromEntries(Object.entries(imports).map(([module, functions]) => [module,
    Object.fromEntries(Object.entries(functions).map(([name, imported]) => [name, typeof imported !== 'function' ? imported : (...args) => {
      if (state.trap) throw new WebAssembly.RuntimeError('unreachable executed');
      return imported(...args);
    }]))]));
  if (settings.wasm === 'missing') delete window.WebAssembly;
  else if (settings.trap) {
    state.trap = settings.trap === 'start';
    const { instantiate, instantiateStreaming } = WebAssembly;
    WebAssembly.instantiate = (bytes, imports) => instantiate(bytes, wrap(imports));
    WebAssembly.instantiateStreaming = (bytes, imports) => instantiateStreaming(bytes, wrap(imports));
  }

  window.faults = {
    state,
    /** Skips to the next timer, unless more is in progress than the proxies hold. */
    skipToNextTimer(held) {
      if (Object.keys(busy).some((kind) => busy[kind] > (held[kind] ?? 0))) return 'busy';
      const next = earliest();
      if (!next) return 'no timer';
      state.skipped += Math.max(0, next[1].due - now());
      run();
      return 'skipped';
    },
    busy: () => ({ ...busy }),
    /** Shifts the wall clock, not the timers. */
    setClock(by) { state.clockOffset += by; },
    /** Advances the clock without running timers, as if the machine slept. */
    sleep(by) { state.skipped += by; arm(); },
    freeze(frozen) {
      state.frozen = frozen;
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => frozen });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (frozen ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
      arm();
    },
    /** The page's own time since load, in milliseconds. */
    elapsed: () => now(),
  };
})
