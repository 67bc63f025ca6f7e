// The first script of every host page. It records events, policy violations and errors for the specs, and does not
// change the page's behaviour.
(() => {
  const recorded = { events: [], violations: [], errors: [] };
  window.recorded = recorded;

  addEventListener('securitypolicyviolation', (event) => {
    recorded.violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`);
  });
  addEventListener('error', (event) => { if (event.message) recorded.errors.push(event.message); });
  addEventListener('unhandledrejection', (event) => recorded.errors.push(`unhandled: ${event.reason}`));
  for (const name of ['phase', 'paid', 'success', 'pending', 'error', 'close', 'progress', 'fault']) {
    document.addEventListener(`snap-${name}`, (event) => {
      recorded.events.push({ name, from: event.target.id, detail: JSON.parse(JSON.stringify(event.detail ?? null)) });
    });
  }

  if (location.search.includes('without-wasm')) delete window.WebAssembly;
  if (location.search.includes('trap')) trap();
  if (location.search.includes('count')) count();

  /** Once `window.trapped` is set, every call from wasm to the page throws like an `unreachable` instruction. */
  function trap() {
    const armed = (inner) => (...args) => {
      if (window.trapped) throw new WebAssembly.RuntimeError('unreachable, as planned');
      return inner(...args);
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

  /** Counts what an element may leak: listeners on longer-lived targets, wasm closures, timers, memory. */
  function count() {
    const counts = { listeners: new Map(), closures: 0, timers: new Map(), wasm: [] };
    // Detached nodes and abort signals are collected together with their listeners.
    const isLongLived = (target) => (target instanceof Node ? target.isConnected : !(target instanceof AbortSignal));
    // Weak references, so that counting keeps nothing alive.
    const references = new WeakMap();
    const listenerIds = new WeakMap();
    let lastId = 0;
    const getOrCreate = (map, object, make) => map.get(object) ?? (map.set(object, make()), map.get(object));
    const referenceTo = (target) => getOrCreate(references, target, () => new WeakRef(target));
    const key = (type, listener, options) => `${type} ${getOrCreate(listenerIds, listener, () => (lastId += 1))} ${Boolean(options?.capture ?? options === true)}`;
    const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (type, listener, options) {
      const target = this ?? window;
      if (listener) {
        const entry = key(type, listener, options);
        getOrCreate(counts.listeners, referenceTo(target), () => new Set()).add(entry);
        const removed = () => forget(target, entry);
        if (options?.once) add.call(target, type, removed, options);
        if (options?.signal) add.call(options.signal, 'abort', removed);
      }
      return add.call(target, type, listener, options);
    };
    EventTarget.prototype.removeEventListener = function (type, listener, options) {
      if (listener) forget(this ?? window, key(type, listener, options));
      return remove.call(this ?? window, type, listener, options);
    };
    function forget(target, entry) {
      counts.listeners.get(referenceTo(target))?.delete(entry);
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

    /** The current counts. */
    recorded.counts = () => {
      const exports = counts.wasm.flatMap((one) => Object.values(one));
      return {
        listeners: [...counts.listeners].map(([reference, list]) => [reference.deref(), list]).filter(([target]) => target && isLongLived(target))
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
