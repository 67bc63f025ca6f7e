// The mock's types, without any DOM.
import { createSnapMock } from 'snap-checkout/mock';
import type { SnapMock } from 'snap-checkout/mock';

const snap: SnapMock = createSnapMock('success', { type: 'pending', twice: true, thenClose: true }, 'wait', { type: 'throw', message: 'm' });
snap.pay('t', { onSuccess: (result) => result.status_code, anything: 1 });
snap.mock.next('close').finish('close');
snap.mock.finish({ type: 'error', result: { status_code: '202' } });
const restore: () => void = snap.mock.install();
restore();
for (const call of snap.mock.calls) if (call.method === 'pay') call.token.length;

// @ts-expect-error no such outcome
createSnapMock('paid');
// @ts-expect-error an open popup cannot throw
snap.mock.finish('throw');
// @ts-expect-error an embed needs embedId
snap.embed('t', {});
// @ts-expect-error read-only
snap.mock.state = 'Initial';
