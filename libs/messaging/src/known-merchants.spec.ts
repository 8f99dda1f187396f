import { expect, it } from '@jest/globals';
import type { KnownError } from '@tollgate/contracts';
import { merchantSettings } from '@tollgate/persistence';
import type { EventTransaction } from './event-transaction.ts';
import { keepOfKnownMerchants } from './known-merchants.ts';
import type { ReceivedEvent } from './received-event.ts';

const of = (merchantId: string) => ({ data: { merchantId } }) as ReceivedEvent<{ merchantId: string }>;

it('asks once for a whole batch, within its transaction, and sets aside what names a merchant whom nobody knows', async () => {
  const rejected: Array<[string, string]> = [];
  const tx = {
    reject: ({ data }: ReturnType<typeof of>, { code }: KnownError) => rejected.push([data.merchantId, code]),
  } as unknown as EventTransaction;
  const asked: unknown[] = [];
  const settings = merchantSettings.parse({ ordersMayPayTwice: true });
  const merchants = {
    settingsOf: async (by: object, merchantIds: readonly string[]) => {
      asked.push([by === tx, merchantIds]);
      return new Map([['shop', settings]]);
    },
  };
  const events = [of('shop'), of('nobody'), of('shop'), of('nobody')];
  const kept = await keepOfKnownMerchants(merchants, tx, events);
  expect(kept).toEqual([0, 2].map((index) => ({ event: events[index], settings })));
  expect(rejected).toEqual([
    ['nobody', 'MERCHANT_UNKNOWN'],
    ['nobody', 'MERCHANT_UNKNOWN'],
  ]);
  expect(asked).toEqual([[true, ['shop', 'nobody']]]);
});
