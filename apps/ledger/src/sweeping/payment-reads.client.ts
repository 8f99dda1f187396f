import { Inject, Injectable } from '@nestjs/common';
import { KnownError, paymentSnapshot } from '@tollgate/contracts';
import { MerchantDirectory } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import { PrimerClient } from '@tollgate/primer-client';
import { SWEEP_SETTINGS, type SweepSettings } from '../ledger.config.ts';
import type { ClaimedRead } from './read-back.repository.ts';
import type { FailedRead, ReadResult } from './read-result.types.ts';

/** Failures that say nothing about other payments. */
const ABOUT_ONE_PAYMENT: ReadonlySet<string> = new Set(['not-understood', 'answer-too-large']);
const KEY_REFUSED: ReadonlySet<number> = new Set([401, 403]);
/** The documents list 400 alone for a payment that is not there; 404 says it everywhere else, 422 of an id that is none. */
const NOT_THERE: ReadonlySet<number> = new Set([400, 404, 422]);

/** Asks Primer for one payment, and says of every outcome what it means for the payment and for its merchant. */
@Injectable()
export class PaymentReads {
  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly primer: PrimerClient,
    private readonly log: Log,
    @Inject(SWEEP_SETTINGS) private readonly settings: SweepSettings,
  ) {}

  /**
   * What cannot even be asked for, a payment whose id fits no path or a merchant whose key cannot be used, has failed like
   * any other read.
   */
  async read(claim: ClaimedRead, signal: AbortSignal): Promise<ReadResult> {
    try {
      return await this.ask(claim, signal);
    } catch (error) {
      const { merchantId, paymentId } = claim;
      this.log.warn('A payment cannot be asked for', { merchantId, paymentId, error });
      const isAboutPayment = error instanceof KnownError && error.code === 'VALIDATION_FAILED';
      return toFailed(claim, 'not-askable', { isOutage: !isAboutPayment });
    }
  }

  private async ask(claim: ClaimedRead, signal: AbortSignal): Promise<ReadResult> {
    const call = await this.primer.getPayment(claim.paymentId, {
      apiKey: await this.merchants.primerApiKey(claim.merchantId),
      expand: ['transactions.events'],
      timeoutMs: this.settings.callTimeoutMs,
      signal,
    });
    if (call.kind === 'unavailable') {
      const isOutage = !ABOUT_ONE_PAYMENT.has(call.reason);
      return toFailed(claim, call.reason, { isOutage, retryAfterMs: call.retryAfterMs });
    }
    if (call.kind !== 'found') {
      if (KEY_REFUSED.has(call.status)) return toFailed(claim, 'key-refused', { isOutage: true });
      return NOT_THERE.has(call.status) ? { kind: 'missing', claim } : toFailed(claim, 'refused', { isOutage: false });
    }
    const { snapshot, raw } = call.value;
    const isUsable = paymentSnapshot.safeParse(snapshot).success && snapshot.paymentId === claim.paymentId;
    return isUsable ? { kind: 'found', claim, snapshot, raw } : toFailed(claim, 'not-understood', { isOutage: false });
  }
}

/** @param failure `retryAfterMs`: Primer asked for so long a pause */
export function toFailed(
  claim: ClaimedRead,
  reason: string,
  failure: { readonly isOutage: boolean; readonly retryAfterMs?: number | undefined },
): FailedRead {
  return { kind: 'failed', claim, reason, isOutage: failure.isOutage, retryAfterMs: failure.retryAfterMs ?? 0 };
}
