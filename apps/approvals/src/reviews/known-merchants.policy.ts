import { KnownError } from '@tollgate/contracts';
import type { EventTransaction, ReceivedEvent } from '@tollgate/messaging';
import type { MerchantSettings } from '@tollgate/persistence';

/** An event with what is set for its merchant. */
export interface SettledFor<Data> {
  readonly event: ReceivedEvent<Data>;
  readonly settings: MerchantSettings;
}

/**
 * Sets aside what asks for a review in the name of a merchant whom nobody knows, or whose settings nobody can read: how
 * many people it takes cannot be told, and one is not the answer.
 */
export function keepOfKnownMerchants<Data extends { readonly merchantId: string }>(
  tx: Pick<EventTransaction, 'reject'>,
  events: ReadonlyArray<ReceivedEvent<Data>>,
  settingsOf: ReadonlyMap<string, MerchantSettings>,
): Array<SettledFor<Data>> {
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
