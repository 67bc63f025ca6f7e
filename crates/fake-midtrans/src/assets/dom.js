// Builds elements; text is always text, never markup.

/** h('p', { class: 'hint', testid: 'x', onclick: f }, 'text', child) */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'testid') element.setAttribute('data-testid', value);
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

export function rupiah(amount) {
  const value = Number(amount);
  const digits = Number.isInteger(value) ? 0 : 2;
  return 'Rp' + new Intl.NumberFormat('id-ID', { minimumFractionDigits: digits }).format(value);
}
