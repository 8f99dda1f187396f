import { Inject, Injectable } from '@nestjs/common';
import { Database, MerchantDirectory } from '@tollgate/persistence';
import { failpoint, Log } from '@tollgate/platform';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { MerchantPauses } from './merchant-pauses.service.ts';
import { PaymentReads } from './payment-reads.client.ts';
import { ReadBackRepository, type ClaimedRead } from './read-back.repository.ts';
import type { ReadResult } from './read-result.types.ts';
import { ReadSlots } from './read-slots.service.ts';
import { RecordReadsHandler } from './record-reads.handler.ts';

/** So many reads of a merchant that lead nowhere, one after the other, are no accident. */
const OUTAGES_IN_A_ROW = 3;

/**
 * Reads back the payments that are due. Reads slide through a window: each that has ended makes room for the next, and
 * one that hangs holds up no other. Primer is called outside of any transaction, under a lease. Several instances share
 * the work.
 */
@Injectable()
export class ReadPaymentsHandler {
  private readonly pauses = new MerchantPauses(OUTAGES_IN_A_ROW);
  private readonly slots: ReadSlots;
  private readonly underWay = new Set<Promise<void>>();
  /** Resolved, and made anew, whenever a read ends. */
  private oneEnded = Promise.withResolvers<void>();

  constructor(
    private readonly database: Database,
    private readonly merchants: MerchantDirectory,
    private readonly readBacks: ReadBackRepository,
    private readonly reads: PaymentReads,
    private readonly recordReads: RecordReadsHandler,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
  ) {
    this.slots = new ReadSlots(settings.concurrency, settings.merchantConcurrency);
  }

  /** Resolves when nothing is due any more and nothing is under way, or, once `signal` says stop, when all has ended. */
  async handle(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Taken before the look: a read that ends during it makes room that the look has not seen.
      const oneEnded = this.oneEnded.promise;
      const isIdle = this.underWay.size === 0;
      if ((await this.beginDue(signal)) > 0) continue;
      if (isIdle) return;
      await this.untilNextLook(oneEnded, signal);
    }
    await Promise.all(this.underWay);
  }

  /** @returns how many reads were begun; as long as there are any, there may be more */
  private async beginDue(signal: AbortSignal): Promise<number> {
    const paused = new Set(this.pauses.pausedAt(Date.now()));
    const callable = (await this.merchants.listIds()).filter((merchantId) => !paused.has(merchantId));
    const rooms = this.slots.roomsOf(callable);
    if (rooms.size === 0) return 0;
    const leaseId = uuidV7();
    const claims = await this.database.transaction((tx) => this.readBacks.claim(tx, leaseId, rooms, this.slots.free));
    if (claims.length > 0) failpoint('sweep.after-lease');
    for (const claim of claims) this.begin(claim, signal);
    return claims.length;
  }

  private begin(claim: ClaimedRead, signal: AbortSignal): void {
    this.slots.take(claim.merchantId);
    const read: Promise<void> = this.readAndRecord(claim, signal).finally(() => {
      this.slots.giveBack(claim.merchantId);
      this.underWay.delete(read);
      this.oneEnded.resolve();
      this.oneEnded = Promise.withResolvers();
    });
    this.underWay.add(read);
  }

  private async readAndRecord(claim: ClaimedRead, signal: AbortSignal): Promise<void> {
    const result = await this.reads.read(claim, signal);
    failpoint('sweep.after-read');
    this.learn(result);
    await this.recordReads.handle(result).catch((error: unknown) => {
      this.log.error('What a read said could not be stored; it is read again when its lease is over', { error });
    });
  }

  /** A merchant whose reads lead nowhere is left alone for a while. */
  private learn(result: ReadResult): void {
    const { merchantId } = result.claim;
    if (result.kind !== 'failed' || !result.isOutage) {
      this.pauses.resume(merchantId);
      return;
    }
    const delayMs = this.pauses.pause(merchantId, Date.now());
    if (delayMs === undefined) return;
    this.log.warn('No payment of a merchant can be read back', { merchantId, reason: result.reason, delayMs });
  }

  /** A read that has ended makes room; without one something may fall due all the same. */
  private async untilNextLook(oneEnded: Promise<void>, signal: AbortSignal): Promise<void> {
    const looking = new AbortController();
    const pause = delay(this.settings.pollMs, undefined, { signal: AbortSignal.any([signal, looking.signal]) });
    await Promise.race([oneEnded, pause.catch(() => undefined)]);
    looking.abort();
  }
}
