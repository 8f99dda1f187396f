import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { failpoint } from '@tollgate/platform';
import { toContradictions } from '../actions/find-payment.policy.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import type { NewIncident } from '../incidents/incident.types.ts';
import { type Comparison, PaymentSightingRepository } from './payment-sighting.repository.ts';

/** Compares the first report of each approved attempt's payment with what was decided. */
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
      const compared = await this.sightings.takeUncompared(tx);
      if (compared.length === 0) {
        return 0;
      }
      await this.incidents.insert(tx, compared.flatMap(toIncident));
      failpoint('compare.before-commit');
      tx.afterCommit(() => failpoint('compare.after-commit'));
      return compared.length;
    });
  }
}

function toIncident({ merchantId, attemptId, order, snapshot }: Comparison): NewIncident[] {
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
