// Runs in the shop's page before anything else of it: a clock that can be moved, storage that can break, a popup
// that can lie, WebAssembly that can trap. The proxy puts it there and calls it with the cell's settings.
(function inside(settings) {
  const real = {
    setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window),
    now: performance.now.bind(performance), Date, fetch: window.fetch.bind(window),
  };
  const busy = { scripts: 0, fetches: 0, reads: 0 };
  const state = { skipped: 0, wall: settings.wall ?? 0, frozen: false, tags: 0, trap: false, callbacks: settings.callbacks };

  // The clock. Time passes as it does, and a timer's time can be skipped.
  const now = () => real.now() + state.skipped;
  const timers = new Map();
  let last = 1e6;
  let armed;
  const earliest = () => [...timers.entries()].sort(([a, one], [b, other]) => one.due - other.due || a - b)[0];
  function arm() {
    real.clearTimeout(armed);
    const next = earliest();
    if (next && !state.frozen) armed = real.setTimeout(run, Math.max(0, next[1].due - now()));
  }
  function run() {
    const next = earliest();
    if (next && !state.frozen && next[1].due <= now()) {
      timers.delete(next[0]);
      try { next[1].act(); } finally { arm(); }
    } else arm();
  }
  window.setTimeout = (act, after = 0, ...rest) => {
    last += 1;
    timers.set(last, { due: now() + Math.max(0, Number(after) || 0), act: () => act(...rest) });
    arm();
    return last;
  };
  window.clearTimeout = (id) => { if (timers.delete(id)) arm(); else real.clearTimeout(id); };
  performance.now = now;
  const today = () => real.Date.now() + state.skipped + state.wall;
  window.Date = new Proxy(real.Date, {
    construct: (target, args, made) => Reflect.construct(target, args.length ? args : [today()], made),
    apply: () => new real.Date(today()).toString(),
    get: (target, name) => (name === 'now' ? today : Reflect.get(target, name)),
  });

  // What is under way, so that no time is skipped while an answer is about to come.
  const during = (what, promise) => {
    busy[what] += 1;
    const over = () => { busy[what] -= 1; };
    promise.then(over, over);
    return promise;
  };
  window.fetch = (...args) => during('fetches', real.fetch(...args));
  const { read } = ReadableStreamDefaultReader.prototype;
  ReadableStreamDefaultReader.prototype.read = function (...args) { return during('reads', read.apply(this, args)); };
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const tag of addedNodes) {
        if (tag.localName !== 'script' || !tag.src.includes('/snap/snap.js')) continue;
        state.tags += 1;
        during('scripts', new Promise((resolve) => {
          tag.addEventListener('load', resolve);
          tag.addEventListener('error', resolve);
          tag.whenGone = resolve;
        }));
      }
      for (const tag of removedNodes) tag.whenGone?.();
    }
  }).observe(document, { childList: true, subtree: true });

  // Storage.
  const refuse = (name) => () => { throw new DOMException('a fault', name); };
  if (settings.storage !== 'forbidden') localStorage.setItem('storefront:language', 'en');
  if (settings.storage === 'full') Storage.prototype.setItem = refuse('QuotaExceededError');
  if (settings.storage === 'forbidden') {
    for (const area of ['localStorage', 'sessionStorage']) Object.defineProperty(window, area, { get: refuse('SecurityError') });
  }

  // The popup's callbacks, as the page hears them.
  const HEARD = {
    'hang': () => () => {},
    'truncated': (on) => () => on(),
    'wrong types': (on) => () => on({ status_code: ['200'], order_id: 7, va_numbers: 'none', transaction_status: { paid: true } }),
    'huge': (on) => (result) => on({ ...result, junk: ' '.repeat(8e6), va_numbers: Array(1e5).fill({ bank: 'x', va_number: '1' }) }),
    'lie': (on, options) => () => options.onSuccess({ status_code: '200', transaction_status: 'settlement', gross_amount: '1.00' }),
  };
  let snap;
  Object.defineProperty(window, 'snap', {
    configurable: true,
    get: () => snap,
    set(value) {
      const change = HEARD[state.callbacks];
      snap = !change ? value : {
        ...value,
        pay: (token, options) => value.pay(token, Object.fromEntries(Object.entries(options).map(([name, one]) =>
          [name, typeof one === 'function' ? change(one, options) : one]))),
      };
    },
  });

  // A trap: the next time that the program calls the page, as a Rust panic ends it.
  const wrap = (imports) => Object.fromEntries(Object.entries(imports).map(([module, functions]) => [module,
    Object.fromEntries(Object.entries(functions).map(([name, one]) => [name, typeof one !== 'function' ? one : (...args) => {
      if (state.trap) throw new WebAssembly.RuntimeError('unreachable executed');
      return one(...args);
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
    /** Skips to the next timer, unless more is under way than is held on purpose. */
    forward(held) {
      if (Object.keys(busy).some((what) => busy[what] > (held[what] ?? 0))) return 'busy';
      const next = earliest();
      if (!next) return 'no timer';
      state.skipped += Math.max(0, next[1].due - now());
      run();
      return 'skipped';
    },
    busy: () => ({ ...busy }),
    /** The wall clock is set; timers know nothing of it. */
    setClock(by) { state.wall += by; },
    /** The machine was away: every timer is overdue. */
    sleep(by) { state.skipped += by; arm(); },
    freeze(frozen) {
      state.frozen = frozen;
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => frozen });
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => (frozen ? 'hidden' : 'visible') });
      document.dispatchEvent(new Event('visibilitychange'));
      arm();
    },
    /** How long the page believes to live, milliseconds. */
    lived: () => now(),
  };
})
