import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { Log, Metrics } from '@tollgate/platform';
import type { NewIncident } from './incident.types.ts';
import { insertIncidents } from './insert-incidents.sql.ts';

/** Subject of what concerns all of a merchant's attempts. */
const WHOLE_MERCHANT = 'merchant';

/** The table `incident`. */
@Injectable()
export class IncidentRepository {
  readonly #raised;

  constructor(
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.#raised = metrics.counter({
      name: 'gateway_incidents_total',
      help: 'Incidents seen, repetitions included',
      labelNames: ['kind'],
    });
  }

  /** Writes the incidents with whatever else the transaction writes. */
  async insert(tx: Transaction, incidents: readonly NewIncident[]): Promise<void> {
    if (incidents.length === 0) {
      return;
    }
    const rows = incidents.map(({ merchantId, kind, subject, attemptId, paymentId, facts }) => ({
      merchant_id: merchantId,
      kind,
      subject: subject ?? WHOLE_MERCHANT,
      attempt_id: attemptId,
      payment_id: paymentId,
      facts,
    }));
    await tx.query(insertIncidents, [JSON.stringify(rows)]);
    for (const { kind, merchantId, attemptId, paymentId } of incidents) {
      this.#raised.inc({ kind });
      this.log.warn('Incident', { incident: kind, merchantId, attemptId, paymentId });
    }
  }
}
