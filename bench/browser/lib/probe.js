// Runs in every measured page before its own scripts and notes what happens. Never served: the browser adds it.
globalThis.__bench = (() => {
  const bench = { clicks: [], pays: [], tokens: [], memories: [], longTasks: [], shift: 0, options: null, reacted: null };
  addEventListener('click', (event) => { if (event.isTrusted) bench.clicks.push(event.timeStamp); }, true);
  const observe = (type, note) => {
    try { new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true }); } catch { /* not in this browser */ }
  };
  observe('longtask', ({ startTime, duration }) => bench.longTasks.push({ startTime, duration }));
  observe('layout-shift', ({ value, hadRecentInput }) => { if (!hadRecentInput) bench.shift += value; });

  // snap.js of the bench calls these.
  bench.paid = (token, options) => { bench.pays.push(performance.now()); bench.tokens.push(token); bench.options = options; };
  bench.close = () => bench.options.onClose?.();

  // A short memory for wasm's memory: pages of it are what M1 and M2 are about.
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

  const soon = (work) => { const { port1, port2 } = new MessageChannel(); port1.onmessage = work; port2.postMessage(0); };
  bench.until = (holds, patience) => new Promise((resolve) => {
    const end = performance.now() + patience;
    const look = () => {
      let held = false;
      try { held = holds(); } catch { /* not there yet */ }
      if (held) resolve(true);
      else if (performance.now() > end) resolve(false);
      else requestAnimationFrame(look);
    };
    look();
  });
  /** Notes when the page first shows that a click was heard; looks whenever something in the page changes. */
  bench.watchReaction = (reacts) => {
    const look = () => {
      let seen = false;
      try { seen = reacts(); } catch { /* not there yet */ }
      if (seen) bench.reacted ??= performance.now();
      else setTimeout(look, 4);
    };
    soon(look);
  };
  return bench;
})();
