import { expect, it } from '@jest/globals';
import { FaultIndex } from './fault-index.store.ts';
import type { CallFault } from './fault.schema.ts';
import type { Fault, FaultTarget } from './fault.types.ts';

const NOBODY: FaultTarget = { attemptId: undefined, paymentId: undefined, orderId: undefined };
const ATTEMPT: FaultTarget = { ...NOBODY, attemptId: 'attempt-1', orderId: 'order-1' };

function indexOf(...definitions: Partial<CallFault>[]): FaultIndex<CallFault> {
  const index = new FaultIndex<CallFault>();
  for (const [position, fields] of definitions.entries()) {
    const definition = { kind: 'RESET', ...fields } as CallFault;
    index.add({ id: position + 1, definition, salt: position, draws: 0, strikes: 0 });
  }
  return index;
}

/** The ids of the faults that draw for a target, in their order. */
function drawn(
  index: FaultIndex<CallFault>,
  target: FaultTarget,
  mayStrike: (fault: CallFault) => boolean = () => true,
) {
  return [...index.draw(target, mayStrike, 1)].map(({ fault }: { fault: Fault }) => fault.id);
}

it('those that name somebody come first, and those that name others not at all', () => {
  const index = indexOf({}, { attemptId: 'attempt-2' }, { orderId: 'order-1' }, { attemptId: 'attempt-1' });
  expect(drawn(index, ATTEMPT)).toEqual([4, 3, 1]);
});

it('a fault that names an attempt and its order is asked once', () => {
  expect(drawn(indexOf({ attemptId: 'attempt-1', orderId: 'order-1', times: 2 }), ATTEMPT)).toEqual([1]);
});

it('a fault that is over is asked no more, and nothing of it is left', () => {
  const index = indexOf({ attemptId: 'attempt-1' });
  expect(drawn(index, ATTEMPT)).toEqual([1]);
  expect(drawn(index, ATTEMPT)).toEqual([]);
  expect(index.isEmpty).toBe(true);
});

it('a fault that may not strike draws nothing', () => {
  const index = indexOf({ attemptId: 'attempt-1' });
  expect(drawn(index, ATTEMPT, () => false)).toEqual([]);
  expect(index.isEmpty).toBe(false);
});

it('a fault that was taken back is gone, and so are all after clear', () => {
  const index = indexOf({}, { orderId: 'order-1' });
  index.delete(1);
  expect(drawn(index, NOBODY)).toEqual([]);
  index.clear();
  expect(index.isEmpty).toBe(true);
});
