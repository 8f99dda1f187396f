import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { failpoint } from '@tollgate/platform';
import { mayBeMeant, toContradictions } from '../actions/find-payment.policy.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import type { NewIncident } from '../incidents/incident.types.ts';
import { type Comparison, PaymentSightingRepository, type Unclaimed } from './payment-sighting.repository.ts';

/**
 * Compares the first report of each approved attempt's payment with what was decided, and tells a person of a payment
 * that is nobody's although the attempt that must have led to it has ended without one.
 */
@Injectable()
export class ComparePaymentsHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly sightings: PaymentSightingRepository,
    private readonly incidents: IncidentRepository,
  ) {}

  /** Returns how many were compared. */
  async compareSome(): Promise<number> {
    return this.transactions.run(async (tx) => {
      const { claimed, unclaimed } = await this.sightings.takeUncompared(tx);
      const compared = [...claimed, ...unclaimed];
      if (compared.length === 0) {
        return 0;
      }
      await this.incidents.insert(tx, [...claimed.flatMap(toDifference), ...unclaimed.flatMap(toLatePayment)]);
      failpoint('compare.before-commit');
      tx.afterCommit(() => failpoint('compare.after-commit'));
      return compared.length;
    });
  }
}

/** Another instrument's payment, or one from before the attempt, is none of its. A person says what is to be done. */
function toLatePayment(late: Unclaimed): NewIncident[] {
  const { merchantId, attemptId, order, analyticsId, receivedAt, snapshot } = late;
  const wanted = { order, analyticsId, createdAfter: receivedAt, mayDiffer: true };
  if (!mayBeMeant(snapshot, wanted)) {
    return [];
  }
  return [
    {
      merchantId,
      kind: 'PAID_AGAINST_ABORT',
      subject: attemptId,
      attemptId,
      paymentId: snapshot.paymentId,
      facts: {
        decision: late.decision,
        outcome: late.outcome,
        outcomeReason: late.outcomeReason,
        orderId: order.orderId,
        paymentAmountMinor: snapshot.amountMinor ?? null,
        paymentCurrency: snapshot.currency ?? null,
        paymentStatus: snapshot.status,
      },
    },
  ];
}

function toDifference({ merchantId, attemptId, order, snapshot }: Comparison): NewIncident[] {
  const contradictions = toContradictions(snapshot, order);
  if (contradictions.length === 0) {
    return [];
  }
  return [
    {
      merchantId,
      kind: 'APPROVED_OTHER_THAN_DECIDED',
      subject: attemptId,
      attemptId,
      paymentId: snapshot.paymentId,
      facts: {
        differs: contradictions.join(', '),
        decidedOrderId: order.orderId,
        decidedAmountMinor: order.amountMinor,
        decidedCurrency: order.currency,
        paymentOrderId: snapshot.orderId ?? null,
        paymentAmountMinor: snapshot.amountMinor ?? null,
        paymentCurrency: snapshot.currency ?? null,
        paymentStatus: snapshot.status,
      },
    },
  ];
}
