// A small W3C WebDriver client: what the specs need, and an error that says what was asked.
import { until } from './process.js';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Keys as WebDriver spells them. */
export const KEYS = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', Space: ' ', Shift: '\uE008' };

// The page moved underneath: look again.
const PASSING = new Set(['stale element reference', 'element click intercepted', 'element not interactable', 'no such element']);

/** One command to a driver. */
export async function command(base, method, path, body, timeout = 60_000) {
  const response = await fetch(base + path, {
    method,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
    signal: AbortSignal.timeout(timeout),
  });
  const { value } = await response.json();
  if (value?.error) {
    throw Object.assign(new Error(`${value.error}: ${String(value.message).split('\n')[0]} (${method} ${path.replace(/^\/session\/[^/]+/, '')})`), { code: value.error });
  }
  return value;
}

/** An open browser window. Selectors are CSS. */
export class Browser {
  constructor(engine, base, session) {
    this.engine = engine;
    this.base = base;
    this.session = session;
  }

  call(method, path, body) {
    return command(this.base, method, `/session/${this.session}${path}`, body);
  }

  // Pages

  open(url) {
    return this.call('POST', '/url', { url });
  }

  url() {
    return this.call('GET', '/url');
  }

  reload() {
    return this.call('POST', '/refresh');
  }

  back() {
    return this.call('POST', '/back');
  }

  source() {
    return this.call('GET', '/source');
  }

  async screenshot() {
    return Buffer.from(await this.call('GET', '/screenshot'), 'base64');
  }

  resize(width, height) {
    return this.call('POST', '/window/rect', { width, height });
  }

  /** Runs a function's text in the page. */
  run(script, ...args) {
    const text = typeof script === 'function' ? `return (${script}).apply(null, arguments)` : script;
    return this.call('POST', '/execute/sync', { script: text, args });
  }

  /** Runs a function that hands its answer to its last argument. */
  runAsync(script, ...args) {
    return this.call('POST', '/execute/async', { script: `(${script}).apply(null, arguments)`, args });
  }

  /** Chromium only: one command of its own protocol. */
  cdp(cmd, params = {}) {
    return this.call('POST', '/goog/cdp/execute', { cmd, params });
  }

  /** Chromium only: what the console said since the last time. */
  console() {
    return this.call('POST', '/se/log', { type: 'browser' });
  }

  /** Runs `work` in a tab of its own, opened at `url`, and comes back. In WebKit it is a window: its driver opens tabs behind, hidden. */
  async inNewTab(url, work) {
    const here = await this.call('GET', '/window');
    const { handle } = await this.call('POST', '/window/new', { type: this.engine === 'webkit' ? 'window' : 'tab' });
    await this.call('POST', '/window', { handle });
    try {
      await this.open(url);
      return await work();
    } finally {
      await this.call('DELETE', '/window');
      await this.call('POST', '/window', { handle: here });
    }
  }

  /** A new window in place of this one: its tab's memory is gone, the browser's is not. */
  async newWindow() {
    const { handle } = await this.call('POST', '/window/new', { type: 'window' });
    await this.call('DELETE', '/window');
    await this.call('POST', '/window', { handle });
  }

  // Frames

  async enter(selector) {
    const id = await this.element(selector, { visible: false });
    await this.call('POST', '/frame', { id: { [ELEMENT]: id } });
  }

  top() {
    return this.call('POST', '/frame', { id: null });
  }

  // Elements

  /** All matches. `host >>> inside` looks into the shadow roots of what matches `host`. */
  async all(selector) {
    const [host, inside] = selector.split(' >>> ');
    if (inside) {
      const found = await this.run((h, i) => [...document.querySelectorAll(h)].flatMap(({ shadowRoot }) => [...(shadowRoot?.querySelectorAll(i) ?? [])]), host, inside);
      return found.map((entry) => entry[ELEMENT]);
    }
    const found = await this.call('POST', '/elements', { using: 'css selector', value: selector });
    return found.map((entry) => entry[ELEMENT]);
  }

  async has(selector) {
    return (await this.all(selector)).length > 0;
  }

  /** Waits for the first match, visible unless said otherwise. */
  element(selector, options) {
    return this.onElement(selector, (id) => id, options);
  }

  /** Clicks as a person does; tries again when the page moved underneath. */
  async click(selector) {
    await this.onElement(selector, (id) => this.clickOn(id));
  }

  clickOn(id) {
    return this.call('POST', `/element/${id}/click`);
  }

  /** Types into a field, in place of what was there. A click first: WebKit's driver cannot focus in a frame within a frame. */
  async fill(selector, text) {
    await this.onElement(selector, async (id) => {
      await this.clickOn(id);
      await this.call('POST', `/element/${id}/clear`);
      await this.call('POST', `/element/${id}/value`, { text });
    });
  }

  /** Waits for the element and gives its text. */
  async text(selector, options) {
    return this.onElement(selector, (id) => this.run((e) => e.innerText.trim(), { [ELEMENT]: id }), options);
  }

  async attribute(selector, name) {
    return this.onElement(selector, (id) => this.run((e, n) => e.getAttribute(n), { [ELEMENT]: id }, name), { visible: false });
  }

  /** Presses keys one after the other, wherever the focus is. */
  async press(...keys) {
    const actions = keys.flatMap((key) => {
      const value = KEYS[key] ?? key;
      return [{ type: 'keyDown', value }, { type: 'keyUp', value }];
    });
    await this.call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Does `work` with the element, again when it was replaced or covered in between. */
  async onElement(selector, work, { visible = true, timeout } = {}) {
    let result;
    await until(async () => `${selector}${visible ? ' that can be seen' : ''} on ${await this.url()}`, async () => {
      const id = await this.find(selector, visible);
      if (!id) return false;
      try {
        result = await work(id);
      } catch (error) {
        if (!PASSING.has(error.code)) error.fatal = true;
        throw error;
      }
      return true;
    }, { timeout });
    return result;
  }

  async find(selector, visible) {
    for (const id of await this.all(selector)) {
      if (!visible || (await this.run(isVisible, { [ELEMENT]: id }))) return id;
    }
    return null;
  }

  close() {
    return this.call('DELETE', '');
  }
}

function isVisible(element) {
  const box = element.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === 'visible';
}
