// What the host sets, as the program reads it.
export function check(values) {
  const order = values.order ?? '{}';
  return {
    settings: {
      clientKey: values.clientKey, environment: values.environment, tokenUrl: values.tokenUrl ?? '/api/orders',
      order: typeof order === 'string' ? order : JSON.stringify(order), orderKey: values.orderKey,
      language: values.language, amount: values.amount && Number(values.amount), disabled: values.disabled != null && values.disabled !== false,
      prepareOnIntent: values.prepareOnIntent != null && values.prepareOnIntent !== false, headers: [],
    },
    faults: [],
  };
}
