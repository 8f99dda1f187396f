import { expect, it } from '@jest/globals';
import { type KnownError, type PaymentCommandHeldData } from '@tollgate/contracts';
import type { EventTransaction, ReceivedEvent } from '@tollgate/messaging';
import type { MerchantDirectory } from '@tollgate/persistence';
import { NOW } from '../../test/approval-samples.ts';
import type { ApprovalRepository } from '../approvals/approval.repository.ts';
import type { ApprovalStep } from '../approvals/approval.types.ts';
import { FollowCommandsHandler } from './follow-commands.handler.ts';

const settings = { approvalQuorum: [{ currency: 'EUR', fromMinor: '100000', votes: 2 }] };
const held: PaymentCommandHeldData = {
  ...{ merchantId: 'shop', commandId: 'refund-1', kind: 'refund', paymentId: 'p-1' },
  ...{ amountMinor: '150000', currency: 'EUR', requester: 'merchant:shop', holdDigest: 'a'.repeat(64) },
  ...{ reason: 'amount-above-limit', limit: { amountMinorMax: '50000' } },
  ...{ requestedAt: NOW.toISOString(), heldAt: NOW.toISOString(), decideBy: '2026-11-22T12:00:00.000Z' },
};

/** What is opened, and what is set aside, where only `shop` has settings that can be read. */
async function open(...helds: PaymentCommandHeldData[]) {
  const opened: ApprovalStep[] = [];
  const rejected: Array<[string, string]> = [];
  const approvals = { now: async () => NOW, open: async (_tx: object, steps: ApprovalStep[]) => opened.push(...steps) };
  const merchants = { settingsOf: async () => new Map([['shop', settings]]) };
  const handler = new FollowCommandsHandler(
    approvals as unknown as ApprovalRepository,
    merchants as unknown as MerchantDirectory,
  );
  const tx = {
    reject: ({ data }: ReceivedEvent<PaymentCommandHeldData>, { code }: KnownError) =>
      rejected.push([data.merchantId, code]),
  } as unknown as EventTransaction;
  const events = helds.map((data) => ({ data }) as ReceivedEvent<PaymentCommandHeldData>);
  await handler.open({ events, tx });
  return { opened: opened.map(({ approval }) => approval), rejected };
}

it('keeps whoever the payment is of from approving it, and shows the reviewer no hash of their address', async () => {
  const emailHash = `H${'h'.repeat(42)}`;
  const { opened } = await open({ ...held, customer: { id: 'Rita@shop.test', emailHash } });
  expect(opened).toMatchObject([
    {
      ...{ makers: ['merchant:shop'], involved: ['rita@shop.test', emailHash.toLowerCase()], votesRequired: 2 },
      dataSnapshot: { customerId: 'Rita@shop.test' },
    },
  ]);
  expect(JSON.stringify(opened[0]?.dataSnapshot)).not.toContain(emailHash);
  expect((await open(held)).opened).toMatchObject([{ involved: [] }]);
});

it('opens nothing with a quorum that nobody can tell: what names an unknown merchant is set aside, its neighbours go on', async () => {
  const { opened, rejected } = await open({ ...held, merchantId: 'nobody' }, held);
  expect(opened.map(({ merchantId }) => merchantId)).toEqual(['shop']);
  expect(rejected).toEqual([['nobody', 'MERCHANT_UNKNOWN']]);
});
