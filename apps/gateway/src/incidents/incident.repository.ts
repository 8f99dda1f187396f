import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import { Log, Metrics } from '@tollgate/platform';
import type { Action } from '../actions/action.types.ts';
import {
  closeIncident,
  closeIncidentsOfPayments,
  closeIncidentsOfSubject,
  closeSettledIncidents,
  findIncident,
  lockIncident,
  noteCancel,
} from './close-incidents.sql.ts';
import { isOfTheMerchant, SELF_SETTLING_KINDS, UNWANTED_PAYMENT_KINDS } from './incident-action.policy.ts';
import type { IncidentRow } from './incident-answer.policy.ts';
import type { NewIncident } from './incident.types.ts';
import { insertIncidents } from './insert-incidents.sql.ts';

/** Subject of what concerns all of a merchant's attempts. */
const WHOLE_MERCHANT = 'merchant';

/** An incident that is closed, by this call or before it. */
export interface ClosedIncident {
  readonly row: IncidentRow;
  readonly isNew: boolean;
}

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
      subject: subject === null || isOfTheMerchant(kind) ? WHOLE_MERCHANT : subject,
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

  /** Closes one that is open, unless somebody has. Returns it as it is then; undefined when there is none. */
  async close(tx: Transaction, id: string, by: string, note: string): Promise<ClosedIncident | undefined> {
    const [closed] = await tx.query<IncidentRow>(closeIncident, [id, by, note]);
    const [row] = closed === undefined ? await tx.query<IncidentRow>(findIncident, [id]) : [closed];
    return row === undefined ? undefined : { row, isNew: closed !== undefined };
  }

  /** Locks one until the transaction ends. */
  async lock(tx: Transaction, id: string): Promise<IncidentRow | undefined> {
    return (await tx.query<IncidentRow>(lockIncident, [id]))[0];
  }

  /** Notes which command cancels the payment that the incident is about. */
  async noteCancel(tx: Transaction, id: string, commandId: string): Promise<void> {
    await tx.query(noteCancel, [id, commandId]);
  }

  /** Closes what unwanted payments were about of which nothing is left to be paid. */
  async closeOfPayments(
    tx: Transaction,
    payments: ReadonlyArray<{ readonly merchantId: string; readonly paymentId: string }>,
  ): Promise<void> {
    if (payments.length > 0) {
      await tx.query(closeIncidentsOfPayments, [
        payments.map(({ merchantId }) => merchantId),
        payments.map(({ paymentId }) => paymentId),
        ...[UNWANTED_PAYMENT_KINDS, 'gateway', 'The payment was declined, failed or cancelled'],
      ]);
    }
  }

  /** Closes what has settled by itself, of those of these attempts that have their outcome. */
  async closeSettled(tx: Transaction, actions: readonly Action[]): Promise<void> {
    // Only a doubt that lasted can have left something for a person.
    const settled = actions.filter(({ concludedAt, unknownSince }) => concludedAt !== null && unknownSince !== null);
    if (settled.length > 0) {
      await tx.query(closeSettledIncidents, [
        settled.map(({ merchantId }) => merchantId),
        settled.map(({ attemptId }) => attemptId),
        ...[SELF_SETTLING_KINDS, 'gateway', 'The attempt has its outcome'],
      ]);
    }
  }

  /** Closes the doubts about a payment command that has ended. */
  async closeOfCommand(tx: Transaction, merchantId: string, subject: string): Promise<void> {
    const note = 'The command has ended';
    await tx.query(closeIncidentsOfSubject, [merchantId, subject, SELF_SETTLING_KINDS, 'gateway', note]);
  }
}
