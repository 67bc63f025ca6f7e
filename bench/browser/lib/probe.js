// Runs in every measured page before its own scripts and records events. The browser injects it.
globalThis.__bench = (() => {
  const bench = { clicks: [], pays: [], tokens: [], memories: [], longTasks: [], shift: 0, options: null, reacted: null };
  addEventListener('click', (event) => { if (event.isTrusted) bench.clicks.push(event.timeStamp); }, true);
  const observe = (type, record) => {
    try { new PerformanceObserver((list) => list.getEntries().forEach(record)).observe({ type, buffered: true }); } catch { /* not supported by this browser */ }
  };
  observe('longtask', ({ startTime, duration }) => bench.longTasks.push({ startTime, duration }));
  observe('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) bench.shift += value; });

  // The benchmark's snap.js calls these.
  bench.onPay = (token, options) => { bench.pays.push(performance.now()); bench.tokens.push(token); bench.options = options; };
  bench.close = () => bench.options.onClose?.();

  // Records every wasm memory, for M1 and M2.
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...args) => {
      const result = await original.apply(WebAssembly, args);
      const { exports } = result.instance ?? result;
      for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) bench.memories.push(value);
      return result;
    };
  }
  bench.wasmBytes = () => bench.memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);

  const queueTask = (callback) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = callback; port2.postMessage(0); };
  bench.until = (condition, timeout) => new Promise((resolve) => {
    const end = performance.now() + timeout;
    const check = () => {
      let reached = false;
      try { reached = condition(); } catch { /* an element is still missing */ }
      if (reached) resolve(true);
      else if (performance.now() > end) resolve(false);
      else requestAnimationFrame(check);
    };
    check();
  });
  /** Records when the page first reacts to a click; checks every 4 ms. */
  bench.watchReaction = (condition) => {
    const check = () => {
      let reached = false;
      try { reached = condition(); } catch { /* an element is still missing */ }
      if (reached) bench.reacted ??= performance.now();
      else setTimeout(check, 4);
    };
    queueTask(check);
  };
  return bench;
})();
