import { Injectable } from '@nestjs/common';
import type { PaymentSnapshot } from '@tollgate/contracts';
import type { ReadCall } from '@tollgate/primer-client';
import { ActionRepository } from '../actions/action.repository.ts';
import type { Action } from '../actions/action.types.ts';
import {
  CLOCK_SKEW_MS,
  type Finding,
  isWanted,
  mayBeWanted,
  toFinding,
  toWanted,
  type Wanted,
} from '../actions/find-payment.policy.ts';
import { CallSettings } from '../gateway.config.ts';
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

/** Looks for the payment of an attempt: among reported payments and in Primer's list, each confirmed by reading it. */
@Injectable()
export class PaymentFinder {
  constructor(
    private readonly primer: PrimerConnection,
    private readonly actions: ActionRepository,
    private readonly settings: CallSettings,
  ) {}

  /** @throws KnownError DATABASE_UNAVAILABLE */
  async find(action: Action, apiKey: string, signal: AbortSignal): Promise<Finding> {
    const wanted = toWanted(action);
    const { merchantId } = action;
    const options = { apiKey, merchantId, signal, timeoutMs: this.settings.readTimeoutMs };
    try {
      const reported = await this.actions.findSighted(action);
      const listed = await this.#list(wanted, options);
      const ids = new Set(
        [...reported, ...listed].filter((one) => mayBeWanted(one, wanted)).map((one) => one.paymentId),
      );
      const bound = await this.actions.findBoundElsewhere(action, [...ids]);
      const free = [...ids].filter((paymentId) => !bound.has(paymentId));
      if (free.length > CANDIDATES_MAX) {
        return { kind: 'ambiguous' };
      }
      const payments: PaymentSnapshot[] = [];
      for (const paymentId of free) {
        const { snapshot } = toValue(await this.primer.getPayment(paymentId, options));
        if (isWanted(snapshot, wanted)) {
          payments.push(snapshot);
        }
      }
      const [first] = payments;
      if (first === undefined) {
        return { kind: 'none' };
      }
      const rivals = await this.actions.countRivals(action, first.analyticsId);
      // In this order: a rival that is no rival any more has its payment bound by now.
      const taken = await this.actions.findBoundElsewhere(action, [...ids]);
      const left = payments.filter(({ paymentId }) => !taken.has(paymentId));
      return toFinding(left, rivals);
    } catch (error) {
      if (error instanceof SearchEnded) {
        return error.finding;
      }
      throw error;
    }
  }

  async #list(
    { order, createdAfter }: Wanted,
    options: { apiKey: string; signal: AbortSignal; timeoutMs: number },
  ): Promise<PaymentSnapshot[]> {
    const filters = { orderId: order.orderId, fromDate: new Date(createdAfter.getTime() - CLOCK_SKEW_MS) };
    const payments: PaymentSnapshot[] = [];
    let page = toValue(await this.primer.listPaymentsPage(filters, options));
    payments.push(...page.payments);
    for (let pages = 1; page.nextCursor !== null; pages += 1) {
      if (pages >= PAGES_MAX) {
        throw new SearchEnded({ kind: 'ambiguous' });
      }
      page = toValue(await this.primer.listPaymentsPage(filters, { ...options, cursor: page.nextCursor }));
      payments.push(...page.payments);
    }
    return payments;
  }
}

function toValue<Value>(call: ReadCall<Value>): Value {
  if (call.kind === 'found') {
    return call.value;
  }
  if (call.kind === 'refused' && (call.status === 401 || call.status === 403)) {
    throw new SearchEnded({ kind: 'key-refused' });
  }
  const retryAfterMs = call.kind === 'unavailable' ? call.retryAfterMs : undefined;
  throw new SearchEnded({ kind: 'unavailable', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
