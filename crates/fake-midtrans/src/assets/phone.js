// The form of a wallet that asks on the customer's phone.
import { h } from './dom.js';

/** The form; calls pay({ phone }) and shows what that rejects with. */
export function phoneForm(text, pay) {
  const error = h('p', { class: 'error', role: 'alert', testid: 'phone-error', hidden: true });
  const button = h('button', { class: 'primary', type: 'submit', testid: 'pay' }, text.pay);
  const input = h('input', { id: 'phone', testid: 'phone', type: 'tel', autocomplete: 'tel', placeholder: '0812 0000 0000', required: true });
  const form = h('form', { class: 'card', novalidate: true },
    h('div', { class: 'field' }, h('label', { for: 'phone' }, text.phone), input),
    error,
    h('p', { class: 'hint' }, text.phone_hint),
    button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    error.hidden = true;
    try {
      await pay({ phone: input.value });
    } catch (problem) {
      error.textContent = text['error_' + problem.error] || text.error_other;
      error.hidden = false;
      input.focus();
    }
    button.disabled = false;
  });
  return form;
}
