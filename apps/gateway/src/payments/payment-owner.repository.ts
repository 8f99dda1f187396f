import { Injectable } from '@nestjs/common';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import type { PaymentSeeker } from '../actions/find-payment.policy.ts';
import { countRivals, findOwnedPayments, findSightedPayments } from './payment-owner.sql.ts';

/** Which payments there are of an order, as far as they were reported, and whose they are. */
@Injectable()
export class PaymentOwnerRepository {
  constructor(private readonly database: Database) {}

  /** The ones of these payments that are an attempt's or a create's other than the seeker. */
  async findOwnedElsewhere(
    { merchantId, attemptId, commandId }: PaymentSeeker,
    paymentIds: readonly string[],
  ): Promise<ReadonlySet<string>> {
    const values = [merchantId, paymentIds, attemptId, commandId];
    const rows = await this.database.query<{ payment_id: string }>(findOwnedPayments, values);
    return new Set(rows.map((row) => row.payment_id));
  }

  /**
   * Others of the order whose payment is not known and that could claim the same one.
   * @param analyticsId the instrument that the payment shows; undefined tells nobody apart
   */
  async countRivals(
    { merchantId, attemptId, commandId }: PaymentSeeker,
    orderId: string,
    analyticsId: string | undefined,
  ): Promise<number> {
    const values = [merchantId, orderId, attemptId, commandId, analyticsId ?? null];
    const [row] = await this.database.query<{ rivals: bigint }>(countRivals, values);
    return Number(row?.rivals ?? 0n);
  }

  /** Payments of the order that have been reported, as first reported. */
  async findSighted(merchantId: string, orderId: string): Promise<readonly PaymentSnapshot[]> {
    const rows = await this.database.query<{ snapshot: PaymentSnapshot }>(findSightedPayments, [merchantId, orderId]);
    return rows.map(({ snapshot }) => snapshot);
  }
}
