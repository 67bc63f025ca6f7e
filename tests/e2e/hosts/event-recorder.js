// The first script of every host page: it writes down what happens, for the specs to look at. It changes nothing
// that the page does.
(() => {
  const seen = { events: [], violations: [], errors: [] };
  window.seen = seen;

  addEventListener('securitypolicyviolation', (event) => {
    seen.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
  });
  addEventListener('error', (event) => { if (event.message) seen.errors.push(event.message); });
  addEventListener('unhandledrejection', (event) => seen.errors.push(`unhandled: ${event.reason}`));
  for (const name of ['phase', 'paid', 'success', 'pending', 'error', 'close', 'progress', 'fault']) {
    document.addEventListener(`snap-${name}`, (event) => {
      seen.events.push({ name, from: event.target.id, detail: JSON.parse(JSON.stringify(event.detail ?? null)) });
    });
  }

  if (location.search.includes('without-wasm')) delete window.WebAssembly;
  if (location.search.includes('trap')) trap();
  if (location.search.includes('count')) count();

  /** Once `window.trapped` is set, whatever the program asks of the page is answered as an impossible instruction is. */
  function trap() {
    const armed = (inside) => (...given) => {
      if (window.trapped) throw new WebAssembly.RuntimeError('unreachable, as planned');
      return inside(...given);
    };
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const original = WebAssembly[name];
      WebAssembly[name] = (source, imports) => {
        const all = Object.entries(imports).map(([module, names]) => [module,
          Object.fromEntries(Object.entries(names).map(([one, it]) => [one, typeof it === 'function' ? armed(it) : it]))]);
        return original.call(WebAssembly, source, Object.fromEntries(all));
      };
    }
  }

  /** What is left behind: listeners on what outlives a widget, closures that wasm can still call, its memory. */
  function count() {
    const counts = { listeners: new Map(), closures: 0, timers: new Map(), wasm: [] };
    // What is taken off the page, and what only lives for a request, takes its listeners along.
    const lasting = (target) => (target instanceof Node ? target.isConnected : !(target instanceof AbortSignal));
    // By references that keep nothing alive.
    const references = new WeakMap();
    const known = new WeakMap();
    let named = 0;
    const once = (map, object, make) => map.get(object) ?? (map.set(object, make()), map.get(object));
    const referenceTo = (target) => once(references, target, () => new WeakRef(target));
    const key = (type, listener, options) => `${type} ${once(known, listener, () => (named += 1))} ${Boolean(options?.capture ?? options === true)}`;
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const target = this ?? window;
      if (listener) {
        const one = key(type, listener, options);
        once(counts.listeners, referenceTo(target), () => new Set()).add(one);
        const over = () => drop(target, one);
        if (options?.once) add.call(target, type, over, options);
        if (options?.signal) add.call(options.signal, 'abort', over);
      }
      return add.call(target, type, listener, options);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, options) {
      if (listener) drop(this ?? window, key(type, listener, options));
      return remove.call(this ?? window, type, listener, options);
    };
    function drop(target, one) {
      counts.listeners.get(referenceTo(target))?.delete(one);
    }

    const Registry = window.FinalizationRegistry;
    window.FinalizationRegistry = class extends Registry {
      #live = new Set();
      register(target, held, token) {
        if (token && !this.#live.has(token)) { this.#live.add(token); counts.closures += 1; }
        super.register(target, held, token);
      }
      unregister(token) {
        if (this.#live.delete(token)) counts.closures -= 1;
        return super.unregister(token);
      }
    };

    for (const name of ['instantiate', 'instantiateStreaming']) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...args) => {
        const result = await original.apply(WebAssembly, args);
        counts.wasm.push((result.instance ?? result).exports);
        return result;
      };
    }

    for (const [start, end] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
      const [begin, stop] = [window[start], window[end]];
      window[start] = (work, ...rest) => {
        const id = begin.call(window, (...args) => {
          if (start === 'setTimeout') counts.timers.delete(id);
          return work(...args);
        }, ...rest);
        counts.timers.set(id, `${start} ${rest[0]}`);
        return id;
      };
      window[end] = (id) => { counts.timers.delete(id); stop.call(window, id); };
    }

    /** What there is now. */
    seen.left = () => {
      const exports = counts.wasm.flatMap((one) => Object.values(one));
      return {
        listeners: [...counts.listeners].map(([reference, list]) => [reference.deref(), list]).filter(([target]) => target && lasting(target))
          .flatMap(([target, list]) => [...list].map((one) => `${target.constructor.name} ${one.split(' ')[0]}`)).sort(),
        closures: counts.closures,
        timers: [...counts.timers.values()].sort(),
        nodes: document.getElementsByTagName('*').length,
        frames: document.getElementsByTagName('iframe').length,
        scripts: document.scripts.length,
        sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
        instances: counts.wasm.length,
        memory: exports.filter((one) => one instanceof WebAssembly.Memory).reduce((sum, one) => sum + one.buffer.byteLength, 0),
        tables: exports.filter((one) => one instanceof WebAssembly.Table).map((one) => one.length),
      };
    };
  }
})();
