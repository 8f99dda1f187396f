import { Injectable } from '@nestjs/common';
import { type AcceptedCommandAnswer, KnownError, type OperatorNoteBody } from '@tollgate/contracts';
import { type EventTransaction, EventTransactions } from '@tollgate/messaging';
import { CommandRepository } from '../commands/command.repository.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import { toSafeAction } from '../incidents/incident-action.policy.ts';
import { type IncidentRow, toIncidentAbout } from '../incidents/incident-answer.policy.ts';
import { toCancelCommandId, toCancelRequest, type UnwantedPayment } from '../incidents/unwanted-payment.event.ts';
import { OperatorActionRepository } from './operator-action.repository.ts';

/**
 * Has the payment of an incident cancelled by a payment command. Asked for again, it is the same command, or another
 * one once that was refused; the incident is closed by the payment's own report that it is cancelled.
 */
@Injectable()
export class CancelUnwantedPaymentHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly incidents: IncidentRepository,
    private readonly commands: CommandRepository,
    private readonly operatorActions: OperatorActionRepository,
    private readonly clock: DatabaseClock,
  ) {}

  /** @throws KnownError NOT_FOUND when there is no such incident, or none about an unwanted payment */
  async cancel(
    id: string,
    { note, by, requester }: Required<OperatorNoteBody> & { readonly requester: string },
  ): Promise<AcceptedCommandAnswer> {
    return this.transactions.run(async (tx) => {
      const row = await this.incidents.lock(tx, id);
      const payment = row === undefined ? undefined : toUnwantedPayment(row);
      if (row === undefined || payment === undefined) {
        throw new KnownError('NOT_FOUND', { detail: 'There is no such incident about an unwanted payment' });
      }
      const commandId = await this.#findUnrefused(tx, payment);
      // An incident that was closed without a cancel keeps nobody from one: to have it is a new decision.
      if (row.facts['cancelCommandId'] !== commandId) {
        await this.incidents.noteCancel(tx, id, commandId);
        const asked = { commandId, asking: `${row.id}/${row.count}/${commandId}`, requester };
        tx.emit(toCancelRequest(payment, asked, this.clock.now()));
        const { merchantId, attemptId, paymentId } = payment;
        const about = { merchantId, attemptId, incidentId: id, facts: { paymentId, commandId } };
        await this.operatorActions.insert(tx, [{ kind: 'payment-cancel-asked', by, note, ...about }]);
      }
      const self = `/v1/payment-commands/${commandId}?merchantId=${encodeURIComponent(payment.merchantId)}`;
      return { commandId, status: 'AWAITING', links: { self } };
    });
  }

  /** The first of the payment's cancels that was not refused: open, carried out, or yet to be asked for. */
  async #findUnrefused(tx: EventTransaction, payment: UnwantedPayment): Promise<string> {
    for (let nth = 1; ; nth += 1) {
      const commandId = toCancelCommandId(payment, nth);
      const known = await this.commands.find({ merchantId: payment.merchantId, commandId }, tx);
      if (known?.command.state !== 'REFUSED') {
        return commandId;
      }
    }
  }
}

function toUnwantedPayment(row: IncidentRow): UnwantedPayment | undefined {
  const { merchant_id: merchantId, attempt_id: attemptId, payment_id: paymentId } = row;
  const isUnwanted = toSafeAction(toIncidentAbout(row))?.kind === 'cancel-payment';
  return isUnwanted && attemptId !== null && paymentId !== null ? { merchantId, attemptId, paymentId } : undefined;
}
