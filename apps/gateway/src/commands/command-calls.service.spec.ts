import { describe, expect, it } from '@jest/globals';
import { type MerchantDirectory, type PaymentTokens, PersonalValues } from '@tollgate/persistence';
import type { Log } from '@tollgate/platform';
import type { PaymentRead, ReadCall } from '@tollgate/primer-client';
import type { PrimerConnection } from '../calls/primer-connection.service.ts';
import type { CallSettings } from '../gateway.config.ts';
import { CommandCalls, toSight } from './command-calls.service.ts';

const refused = (status: number, errorId?: string): ReadCall<PaymentRead> => ({
  kind: status === 404 ? 'missing' : 'refused',
  status,
  ...(errorId === undefined ? {} : { error: { errorId } }),
});

describe('a payment that cannot be read', () => {
  it.each([
    ['is none of the merchant, in Primer’s words', refused(400, 'PaymentError'), 'missing'],
    ['is not there, in Primer’s words', refused(404, 'EntityNotFound'), 'missing'],
    ['is not there, says somebody else', refused(404), 'unavailable'],
    ['may not be asked for, says somebody else', refused(400), 'unavailable'],
    ['is refused to this key', refused(401), 'key-refused'],
    ['is refused to a key without the scope', refused(403), 'key-refused'],
    ['is not answered for', { kind: 'unavailable', reason: 'server-error' } as const, 'unavailable'],
  ])('%s', (_why, read, kind) => {
    expect(toSight(read).kind).toBe(kind);
  });
});

it("tells of a payment's customer no address, but the keyed hash by which they are known elsewhere", async () => {
  const personal = new PersonalValues(Buffer.alloc(32, 7).toString('base64'));
  const payment = { paymentId: 'p-1', status: 'SETTLED', customerId: 'customer-1', transactions: [] };
  const readWith = async (customer: object) => {
    const read = { kind: 'found', value: { snapshot: payment, details: customer } };
    const calls = new CommandCalls(
      { getPayment: async () => read } as unknown as PrimerConnection,
      {} as MerchantDirectory,
      {} as PaymentTokens,
      personal,
      {} as CallSettings,
      {} as Log,
    );
    return calls.readPayment('p-1', { merchantId: 'm-1', apiKey: 'key', signal: new AbortController().signal });
  };
  const emailHash = personal.hash('email', 'rita@shop.test');
  expect(await readWith({ customer: { emailAddress: 'Rita@Shop.test' } })).toEqual({
    kind: 'found',
    payment,
    emailHash,
  });
  expect(await readWith({})).toEqual({ kind: 'found', payment });
});
