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
import { PaymentListRepository, type ClaimedList } from './payment-list.repository.ts';
import { ReadBackRepository } from './read-back.repository.ts';

/** Payments on a page of Primer's list. */
const PAGE_SIZE = 100;

/** A payment this young may still be told by its webhook; the next look sees it again. Milliseconds. */
const GRACE_MS = 10_000;

/**
 * Goes through a merchant's recent payments at Primer and asks for a read of those that the books do not know in this
 * state. It finds payments whose every webhook was lost; those that change late are found by their own reads, for the
 * list filters by creation.
 */
@Injectable()
export class ListRecentPaymentsHandler {
  private readonly pauses = new MerchantPauses();

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
    const merchantIds = (await this.merchants.list()).map((merchant) => merchant.merchantId);
    const list = await this.lists.claim(this.database, leaseId, merchantIds);
    if (list === undefined) return false;
    const { merchantId, claimedAt } = list;
    failpoint('list.after-lease');
    try {
      await this.goThrough(list, leaseId, signal);
    } catch (error) {
      if (!isProviderTrouble(error)) throw error;
      const delayMs = this.pauses.pause(merchantId, Date.now());
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
    const options = { apiKey, timeoutMs: this.settings.callTimeoutMs, signal };
    let page: PaymentSnapshot[] = [];
    for await (const payment of this.primer.listPayments({ fromDate, limit: PAGE_SIZE }, options)) {
      if (!isInGrace(payment, claimedAt)) page.push(payment);
      if (page.length < PAGE_SIZE) continue;
      await this.requestUnheard(merchantId, leaseId, page);
      page = [];
    }
    await this.requestUnheard(merchantId, leaseId, page);
  }

  private async requestUnheard(merchantId: string, leaseId: string, page: readonly PaymentSnapshot[]): Promise<void> {
    failpoint('list.after-read');
    const listed = page.map(({ paymentId, status, dateUpdated }) => {
      const updatedAtUs = toInstantUs(dateUpdated);
      return {
        merchantId,
        paymentId,
        status,
        updatedAt: updatedAtUs === undefined ? null : formatInstant(updatedAtUs),
      };
    });
    const unheard = await this.database.transaction(async (tx) => {
      await this.lists.renew(tx, leaseId, merchantId);
      const keys = await this.lists.findUnheard(tx, listed);
      await this.readBacks.request(
        tx,
        keys.map((key) => ({ ...key, isUrgent: true })),
      );
      return keys.length;
    });
    failpoint('list.after-request');
    this.metrics.listedUnheard.inc(unheard);
  }
}

function isInGrace(payment: PaymentSnapshot, now: Date): boolean {
  const updatedAtUs = toInstantUs(payment.dateUpdated ?? payment.date);
  if (updatedAtUs === undefined) return false;
  const ageMs = now.getTime() - Number(updatedAtUs / 1000n);
  return ageMs >= 0 && ageMs < GRACE_MS;
}

function isProviderTrouble(error: unknown): error is KnownError {
  return error instanceof KnownError && error.code.startsWith('PROVIDER_');
}
