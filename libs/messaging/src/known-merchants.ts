import { KnownError } from '@tollgate/contracts';
import type { MerchantDirectory, MerchantSettings } from '@tollgate/persistence';
import type { EventTransaction } from './event-transaction.ts';
import type { ReceivedEvent } from './received-event.ts';

/** An event with what is set for its merchant. */
export interface SettledFor<Data> {
  readonly event: ReceivedEvent<Data>;
  readonly settings: MerchantSettings;
}

/**
 * The events of a batch that name a merchant of ours. The others are set aside: nobody knows their merchant, or nobody
 * can read what is set for it, and a setting that cannot be told is not to be guessed. One statement for the batch at
 * most, by the connection that its transaction has already.
 */
export async function keepOfKnownMerchants<Data extends { readonly merchantId: string }>(
  merchants: Pick<MerchantDirectory, 'settingsOf'>,
  tx: Pick<EventTransaction, 'query' | 'reject'>,
  events: ReadonlyArray<ReceivedEvent<Data>>,
): Promise<Array<SettledFor<Data>>> {
  const settingsOf = await merchants.settingsOf(tx, [...new Set(events.map(({ data }) => data.merchantId))]);
  return events.flatMap((event) => {
    const { merchantId } = event.data;
    const settings = settingsOf.get(merchantId);
    if (settings === undefined) {
      tx.reject(event, new KnownError('MERCHANT_UNKNOWN', { facts: { merchantId } }));
      return [];
    }
    return [{ event, settings }];
  });
}
