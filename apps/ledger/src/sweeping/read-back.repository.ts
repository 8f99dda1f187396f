import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { toKeyColumns } from '../posting/payment.repository.ts';
import type { PaymentKey } from '../posting/payment.types.ts';
import { claimReads } from './sql/claim-reads.sql.ts';
import { finishReads } from './sql/finish-reads.sql.ts';
import { scheduleReads } from './sql/schedule-reads.sql.ts';

/** A payment that should be read. */
export interface ReadRequest extends PaymentKey {
  /** Now; otherwise at the first regular read. */
  readonly isUrgent: boolean;
}

/** A payment that this instance, and for a while no other, is to read. */
export interface ClaimedRead extends PaymentKey {
  /** Whose it is; {@link ReadBackRepository.finish} takes effect only while it still is. */
  readonly leaseId: string;
  readonly firstHeardAt: Date;
  readonly failedTries: number;
}

/** When a claimed payment is to be read next. */
export interface FinishedRead {
  readonly claim: ClaimedRead;
  /** Undefined: no more. */
  readonly nextReadAt: Date | undefined;
  readonly hasFailed: boolean;
}

interface ClaimedRow {
  merchant_id: string;
  payment_id: string;
  first_heard_at: Date;
  failed_tries: number;
}

/** The timetable of reads. */
@Injectable()
export class ReadBackRepository {
  constructor(@Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings) {}

  /** Asks for reads, by requests and retries alike; a payment that is to be read sooner already stays as it is. */
  async request(tx: Transaction, requests: readonly ReadRequest[]): Promise<void> {
    if (requests.length === 0) return;
    const firstMs = this.settings.earlyReadsMs[0] ?? this.settings.openEveryMs;
    await tx.query(scheduleReads, [
      ...toKeyColumns(requests),
      requests.map((request) => (request.isUrgent ? 0 : firstMs)),
      requests.map((request) => request.isUrgent),
    ]);
  }

  /**
   * Takes payments that are due, for the length of a lease: those that were asked for urgently first.
   * @param rooms the merchants whose payments may be taken, and how many of each
   * @param countMax how many altogether
   */
  async claim(
    tx: Transaction,
    leaseId: string,
    rooms: ReadonlyMap<string, number>,
    countMax: number,
  ): Promise<ClaimedRead[]> {
    const { leaseMs } = this.settings;
    const values = [leaseId, leaseMs, countMax, [...rooms.keys()], [...rooms.values()]];
    const rows = await tx.query<ClaimedRow>(claimReads, values);
    return rows.map((row) => ({
      leaseId,
      merchantId: row.merchant_id,
      paymentId: row.payment_id,
      firstHeardAt: row.first_heard_at,
      failedTries: row.failed_tries,
    }));
  }

  /** Ends claims. A read that was asked for in the meantime stays asked for. */
  async finish(tx: Transaction, reads: readonly FinishedRead[]): Promise<void> {
    const claims = reads.map((read) => read.claim);
    await tx.query(finishReads, [
      claims.map((claim) => claim.leaseId),
      ...toKeyColumns(claims),
      reads.map((read) => read.nextReadAt ?? null),
      reads.map((read) => read.hasFailed),
    ]);
  }
}
