import { Injectable } from '@nestjs/common';
import type { PaymentSnapshot } from '@tollgate/contracts';
import type { ReadCall } from '@tollgate/primer-client';
import {
  asDatedByProvider,
  type Finding,
  isCandidate,
  isWanted,
  type PaymentSeeker,
  toFinding,
  toListedFrom,
  toUndatedFinding,
  type Wanted,
} from '../actions/find-payment.policy.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { toRefusedRead } from '../incidents/key-incident.policy.ts';
import { PaymentOwnerRepository } from '../payments/payment-owner.repository.ts';
import { PrimerConnection } from './primer-connection.service.ts';

/** Payments of one order that are read whole; an order with more of them that fit is a person's to look at. */
const CANDIDATES_MAX = 20;
const PAGES_MAX = 20;

/** A read that did not succeed ends the search: a list that was read in part proves nothing. */
class SearchEnded extends Error {
  constructor(readonly finding: Finding) {
    super(finding.kind);
  }
}

/** With which key Primer is asked, and until when. */
export interface FindLimits {
  readonly apiKey: string;
  readonly signal: AbortSignal;
}

/** Primer's list of an order's payments. */
interface Listed {
  readonly payments: readonly PaymentSnapshot[];
  /** By how much Primer's clock lagged ours when it answered, or less; undefined where it did not tell its time. */
  readonly lagMs: number | undefined;
}

/**
 * Looks for the payment that an attempt or a create has led to: among reported payments and in Primer's list, each
 * confirmed by reading it whole.
 */
@Injectable()
export class PaymentFinder {
  constructor(
    private readonly primer: PrimerConnection,
    private readonly owners: PaymentOwnerRepository,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
  ) {}

  /** @throws KnownError DATABASE_UNAVAILABLE */
  async find(seeker: PaymentSeeker, wanted: Wanted, limits: FindLimits): Promise<Finding> {
    const { merchantId } = seeker;
    const { orderId } = wanted.order;
    const options = { ...limits, merchantId, timeoutMs: this.settings.readTimeoutMs };
    try {
      const reported = await this.owners.findSighted(merchantId, orderId);
      const { payments: listed, lagMs } = await this.#list(wanted, options);
      const dated = asDatedByProvider(wanted, lagMs);
      const candidates = new Map(
        [...reported, ...listed].filter((one) => isCandidate(one, dated)).map((one) => [one.paymentId, one]),
      );
      const ids = [...candidates.keys()];
      const owned = await this.owners.findOwnedElsewhere(seeker, ids);
      const free = [...candidates.values()].filter(({ paymentId }) => !owned.has(paymentId));
      if (free.length > CANDIDATES_MAX) {
        return { kind: 'ambiguous' };
      }
      const read: PaymentSnapshot[] = [];
      const unread: PaymentSnapshot[] = [];
      for (const candidate of free) {
        const call = await this.primer.getPayment(candidate.paymentId, options);
        if (isNotShown(call)) {
          unread.push(candidate);
        } else {
          read.push(toValue(call).snapshot);
        }
      }
      const fitting = read.find((payment) => isWanted(payment, dated));
      const rivals = fitting === undefined ? 0 : await this.owners.countRivals(seeker, orderId, fitting.analyticsId);
      // In this order: a rival that is no rival any more has its payment bound by now.
      const taken = free.length === 0 ? owned : await this.owners.findOwnedElsewhere(seeker, ids);
      const isLeft = ({ paymentId }: PaymentSnapshot) => !taken.has(paymentId);
      const left = { read: read.filter(isLeft), unread: unread.filter(isLeft) };
      return lagMs === undefined ? toUndatedFinding(left, wanted, rivals) : toFinding(left, dated, rivals);
    } catch (error) {
      if (error instanceof SearchEnded) {
        return error.finding;
      }
      throw error;
    }
  }

  async #list(wanted: Wanted, options: { apiKey: string; signal: AbortSignal; timeoutMs: number }): Promise<Listed> {
    const filters = { orderId: wanted.order.orderId, fromDate: toListedFrom(wanted) };
    const first = await this.primer.listPaymentsPage(filters, options);
    let page = toValue(first);
    const answeredAt = first.kind === 'found' ? first.answeredAt : undefined;
    const lagMs = answeredAt === undefined ? undefined : this.clock.now().getTime() - answeredAt.getTime();
    const payments = [...page.payments];
    for (let pages = 1; page.nextCursor !== null; pages += 1) {
      if (pages >= PAGES_MAX) {
        throw new SearchEnded({ kind: 'ambiguous' });
      }
      page = toValue(await this.primer.listPaymentsPage(filters, { ...options, cursor: page.nextCursor }));
      payments.push(...page.payments);
    }
    return { payments, lagMs };
  }
}

function toValue<Value>(call: ReadCall<Value>): Value {
  if (call.kind === 'found') {
    return call.value;
  }
  const refused = call.kind === 'refused' ? toRefusedRead(call.status) : undefined;
  if (refused !== undefined) {
    throw new SearchEnded(refused);
  }
  const retryAfterMs = call.kind === 'unavailable' ? call.retryAfterMs : undefined;
  throw new SearchEnded({ kind: 'unavailable', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/**
 * Primer has answered for this payment, and not with what can be read: asked again, it would say the same. Trouble on
 * the way and a refused key pass.
 */
function isNotShown(call: ReadCall<unknown>): boolean {
  if (call.kind === 'unavailable') {
    return call.reason === 'not-understood' || call.reason === 'answer-too-large';
  }
  return call.kind === 'missing' || (call.kind === 'refused' && call.status !== 401 && call.status !== 403);
}
