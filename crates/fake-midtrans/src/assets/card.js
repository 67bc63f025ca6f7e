// The card form.
import { h } from './dom.js';

function digits(text, most) {
  return text.replace(/\D/g, '').slice(0, most);
}

function field(id, label, attributes) {
  return h('div', { class: 'field' },
    h('label', { for: id }, label),
    h('input', { id, testid: id, inputmode: 'numeric', required: true, ...attributes }));
}

/** The form; calls pay({ number, expiry, cvv }) and shows what that rejects with. */
export function cardForm(text, pay) {
  const error = h('p', { class: 'error', role: 'alert', testid: 'card-error', hidden: true });
  const button = h('button', { class: 'primary', type: 'submit', testid: 'pay' }, text.pay);
  const form = h('form', { class: 'card', novalidate: true, autocomplete: 'off' },
    field('card-number', text.card_number, { autocomplete: 'cc-number', placeholder: '4811 1111 1111 1114' }),
    h('div', { class: 'pair' },
      field('card-expiry', text.card_expiry, { autocomplete: 'cc-exp', placeholder: '12/30' }),
      field('card-cvv', text.card_cvv, { autocomplete: 'cc-csc', placeholder: '123', maxlength: '4', type: 'password' })),
    error,
    h('p', { class: 'hint' }, text.card_hint),
    button);
  const value = (id) => form.querySelector('#' + id).value;

  form.querySelector('#card-number').addEventListener('input', ({ target }) => {
    target.value = digits(target.value, 19).replace(/(.{4})(?=.)/g, '$1 ');
  });
  form.querySelector('#card-expiry').addEventListener('input', ({ target, inputType }) => {
    const typed = digits(target.value, 4);
    const erasing = inputType === 'deleteContentBackward';
    target.value = typed.length > 2 || (typed.length === 2 && !erasing) ? typed.slice(0, 2) + '/' + typed.slice(2) : typed;
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    error.hidden = true;
    try {
      await pay({ number: value('card-number'), expiry: value('card-expiry'), cvv: value('card-cvv') });
    } catch (problem) {
      error.textContent = text['error_' + problem.error] || text.error_other;
      error.hidden = false;
      const wrong = { card_number: 'card-number', card_expiry: 'card-expiry', card_cvv: 'card-cvv' }[problem.error];
      if (wrong) form.querySelector('#' + wrong).focus();
    }
    button.disabled = false;
  });
  return form;
}
