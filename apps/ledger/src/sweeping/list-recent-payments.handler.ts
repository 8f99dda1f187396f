import { Inject, Injectable } from '@nestjs/common';
import { KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { Database, MerchantDirectory } from '@tollgate/persistence';
import { failpoint, Log } from '@tollgate/platform';
import { PrimerClient } from '@tollgate/primer-client';
import { v7 as uuidV7 } from 'uuid';
import { formatInstant, toInstantUs } from '../books/instant.policy.ts';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import { LedgerMetrics } from '../ledger.metrics.ts';
import { MerchantPauses } from './merchant-pauses.service.ts';
import { PaymentListRepository, type ClaimedList, type ListedPayment } from './payment-list.repository.ts';
import { ReadBackRepository } from './read-back.repository.ts';

/** Payments on a page of Primer's list. */
const PAGE_SIZE = 100;

/** News this young may still be told by a webhook: a read checks on it later, and not at once. Milliseconds. */
const GRACE_MS = 10_000;

/** A look that fails is not tried again at once. */
const FAILURES_IN_A_ROW = 1;

/**
 * Goes through a merchant's recent payments at Primer and asks for a read of those that the books do not know in this
 * state. It finds payments whose every webhook was lost; those that change late are found by their own reads, for the
 * list filters by creation.
 */
@Injectable()
export class ListRecentPaymentsHandler {
  private readonly pauses = new MerchantPauses(FAILURES_IN_A_ROW);

  constructor(
    private readonly database: Database,
    private readonly merchants: MerchantDirectory,
    private readonly primer: PrimerClient,
    private readonly lists: PaymentListRepository,
    private readonly readBacks: ReadBackRepository,
    private readonly metrics: LedgerMetrics,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
  ) {}

  /** @returns whether a list was due */
  async handle(signal: AbortSignal): Promise<boolean> {
    const leaseId = uuidV7();
    const list = await this.lists.claim(this.database, leaseId, await this.merchants.listIds());
    if (list === undefined) return false;
    const { merchantId, claimedAt } = list;
    failpoint('list.after-lease');
    try {
      await this.goThrough(list, leaseId, signal);
    } catch (error) {
      if (!isProviderTrouble(error)) throw error;
      const delayMs = this.pauses.pause(merchantId, Date.now()) ?? this.settings.listEveryMs;
      this.log.warn("A merchant's payments could not be listed", { merchantId, delayMs, code: error.code });
      await this.lists.finish(this.database, leaseId, { merchantId, listedThrough: undefined, nextInMs: delayMs });
      return true;
    }
    this.pauses.resume(merchantId);
    const nextInMs = this.settings.listEveryMs;
    await this.lists.finish(this.database, leaseId, { merchantId, listedThrough: claimedAt, nextInMs });
    failpoint('list.after-finish');
    return true;
  }

  private async goThrough({ merchantId, fromDate, claimedAt }: ClaimedList, leaseId: string, signal: AbortSignal) {
    const apiKey = await this.merchants.primerApiKey(merchantId);
    let page: ListedPayment[] = [];
    const onUnreadable = (paymentId: string | undefined): void => {
      this.metrics.listedUnreadable.inc();
      this.log.error("An entry of Primer's list is no payment", { merchantId, paymentId });
      if (paymentId !== undefined) page.push({ merchantId, paymentId, status: null, updatedAt: null, isFresh: false });
    };
    const options = { apiKey, timeoutMs: this.settings.callTimeoutMs, signal, onUnreadable };
    for await (const payment of this.primer.listPayments({ fromDate, limit: PAGE_SIZE }, options)) {
      page.push(toListed(merchantId, payment, claimedAt));
      if (page.length < PAGE_SIZE) continue;
      await this.requestUnheard(merchantId, leaseId, page);
      page = [];
    }
    await this.requestUnheard(merchantId, leaseId, page);
  }

  private async requestUnheard(merchantId: string, leaseId: string, page: readonly ListedPayment[]): Promise<void> {
    failpoint('list.after-read');
    const fresh = new Set(page.filter(({ isFresh }) => isFresh).map(({ paymentId }) => paymentId));
    const unheard = await this.database.transaction(async (tx) => {
      await this.lists.renew(tx, leaseId, merchantId);
      const keys = await this.lists.findUnheard(tx, page);
      await this.readBacks.request(
        tx,
        keys.map((key) => ({ ...key, isUrgent: !fresh.has(key.paymentId) })),
      );
      return keys;
    });
    failpoint('list.after-request');
    this.metrics.listedUnheard.inc(unheard.filter(({ paymentId }) => !fresh.has(paymentId)).length);
  }
}

/**
 * Fresh news is left to its webhook for now but never forgotten: the list filters by creation, so that the next look
 * may not show an older payment again.
 */
function toListed(merchantId: string, { paymentId, status, date, dateUpdated }: PaymentSnapshot, now: Date) {
  const updatedAtUs = toInstantUs(dateUpdated);
  const updatedAt = updatedAtUs === undefined ? null : formatInstant(updatedAtUs);
  const saidAtUs = updatedAtUs ?? toInstantUs(date);
  const ageMs = saidAtUs === undefined ? Infinity : now.getTime() - Number(saidAtUs / 1000n);
  return { merchantId, paymentId, status, updatedAt, isFresh: ageMs >= 0 && ageMs < GRACE_MS };
}

function isProviderTrouble(error: unknown): error is KnownError {
  return error instanceof KnownError && error.code.startsWith('PROVIDER_');
}
