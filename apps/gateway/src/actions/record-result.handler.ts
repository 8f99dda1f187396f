import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { failpoint, GroupCommit, Metrics } from '@tollgate/platform';
import { CancelPaidAgainstAbort } from '../incidents/cancel-paid-against-abort.service.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import type { NewIncident } from '../incidents/incident.types.ts';
import { type NewOperatorAction, OperatorActionRepository } from '../steering/operator-action.repository.ts';
import { ActionRepository, toActionKeyText } from './action.repository.ts';
import type { Settled } from './action.types.ts';
import { toActionIncidents } from './action-incident.policy.ts';
import { toOutcomeEvent } from './outcome.event.ts';

/** What one step came to, and what else is to be known about it. */
export interface StepResult {
  readonly settled: Settled;
  readonly alarms: readonly NewIncident[];
  /** What an operator did to bring it about. */
  readonly operatorActions?: readonly NewOperatorAction[];
}

/**
 * Records what steps came to, each only while its fence is still the caller's, with its events and incidents in the
 * same transaction. Results that arrive together share one.
 */
@Injectable()
export class RecordResultHandler {
  readonly #commits: GroupCommit<StepResult, boolean>;

  constructor(
    private readonly transactions: EventTransactions,
    private readonly actions: ActionRepository,
    private readonly incidents: IncidentRepository,
    private readonly cancelPaidAgainstAbort: CancelPaidAgainstAbort,
    private readonly operatorActions: OperatorActionRepository,
    metrics: Metrics,
  ) {
    this.#commits = new GroupCommit<StepResult, boolean>({
      name: 'record-result',
      maxBatch: 200,
      maxWaiting: 20_000,
      concurrency: 2,
      run: (batch) => this.#recordAll(batch),
      metrics,
    });
  }

  /**
   * Resolves once the result is durable: true, or false if the lease had been lost to somebody else.
   * @throws KnownError DATABASE_UNAVAILABLE, DATABASE_CONFLICT, OVERLOADED: retriable
   */
  record(result: StepResult): Promise<boolean> {
    return this.#commits.submit(result);
  }

  async #recordAll(batch: readonly StepResult[]): Promise<Array<{ ok: boolean }>> {
    const recorded = await this.transactions.run(async (tx) => {
      const mine = await this.actions.recordResults(
        tx,
        batch.map(({ settled }) => settled.action),
      );
      const written = batch.filter(({ settled }) => mine.has(toActionKeyText(settled.action)));
      for (const { settled } of written) {
        if (settled.announce !== null) {
          tx.emit(toOutcomeEvent(settled.action, settled.announce));
        }
      }
      await this.incidents.insert(
        tx,
        await this.cancelPaidAgainstAbort.ask(
          tx,
          written.flatMap(({ settled, alarms }) => [...toActionIncidents(settled), ...alarms]),
        ),
      );
      await this.operatorActions.insert(
        tx,
        written.flatMap(({ operatorActions = [] }) => operatorActions),
      );
      await this.incidents.closeSettled(
        tx,
        written.map(({ settled }) => settled.action),
      );
      failpoint('result.before-commit');
      return mine;
    });
    failpoint('result.after-commit');
    return batch.map(({ settled }) => ({ ok: recorded.has(toActionKeyText(settled.action)) }));
  }
}
