import { Injectable } from '@nestjs/common';
import { type IncidentAnswer, KnownError, type OperatorNoteBody } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import { toIncidentAnswer } from '../incidents/incident-answer.policy.ts';
import { OperatorActionRepository } from './operator-action.repository.ts';

/** Closes an incident that a person has looked into. Closing it again changes nothing. */
@Injectable()
export class CloseIncidentHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly incidents: IncidentRepository,
    private readonly operatorActions: OperatorActionRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws KnownError NOT_FOUND */
  async close(id: string, { note, by }: Required<OperatorNoteBody>): Promise<IncidentAnswer> {
    return this.transactions.run(async (tx) => {
      const closed = await this.incidents.close(tx, id, by, note);
      if (closed === undefined) {
        throw new KnownError('NOT_FOUND', { detail: 'There is no such incident' });
      }
      const { row, isNew } = closed;
      if (isNew) {
        await this.operatorActions.insert(tx, [
          {
            kind: 'incident-closed',
            ...{ by, note },
            merchantId: row.merchant_id,
            attemptId: row.attempt_id,
            incidentId: row.id,
            facts: { kind: row.kind, paymentId: row.payment_id },
          },
        ]);
      }
      return toIncidentAnswer(row, this.clock.now());
    });
  }
}
