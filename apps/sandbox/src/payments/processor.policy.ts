import type { ProcessorAccount } from './payment.types.ts';

/** The emulator's own processor; Primer's is called "Primer Sandbox Processor". */
export const PROCESSOR_NAME = 'PRIMER_SANDBOX_PROCESSOR';
export const PROCESSOR_MERCHANT_ID = 'sandbox-merchant';

/** Where a payment goes by default. */
export const DEFAULT_ACCOUNT: ProcessorAccount = {
  name: PROCESSOR_NAME,
  processorMerchantId: PROCESSOR_MERCHANT_ID,
};

const SHARED_MERCHANT_ID = 'shared-merchant';
const SECOND_PROCESSOR_NAME = 'SECOND_SANDBOX_PROCESSOR';

/** The merchant's accounts. Two share an id, so that a name is needed to tell them apart, as Primer's page describes. */
export const PROCESSOR_ACCOUNTS: readonly ProcessorAccount[] = [
  DEFAULT_ACCOUNT,
  { name: PROCESSOR_NAME, processorMerchantId: SHARED_MERCHANT_ID },
  { name: SECOND_PROCESSOR_NAME, processorMerchantId: SHARED_MERCHANT_ID },
];

/** Processors that cannot change an authorised amount. */
const WITHOUT_ADJUSTMENT = new Set([SECOND_PROCESSOR_NAME]);

export function canAdjustAuthorization(account: ProcessorAccount): boolean {
  return !WITHOUT_ADJUSTMENT.has(account.name);
}

/** The accounts that fit what a caller named: none, one, or too many to tell. */
export function findAccounts(wish: { processorMerchantId: string; name?: string | undefined }): ProcessorAccount[] {
  return PROCESSOR_ACCOUNTS.filter(
    (account) =>
      account.processorMerchantId === wish.processorMerchantId &&
      (wish.name === undefined || wish.name === account.name),
  );
}
