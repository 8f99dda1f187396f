import { Injectable } from '@nestjs/common';
import type { EventTransaction } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import type { NewIncident } from './incident.types.ts';
import { toCancelCommandId, toCancelRequest } from './unwanted-payment.event.ts';

/** Asks for the cancel of payments that were found after an abort, for merchants that have set so. */
@Injectable()
export class CancelPaidAgainstAbort {
  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly clock: DatabaseClock,
  ) {}

  /** The incidents as they are to be written, in the transaction that emits what is asked for. */
  async ask(tx: EventTransaction, incidents: readonly NewIncident[]): Promise<NewIncident[]> {
    const asked: NewIncident[] = [];
    for (const incident of incidents) {
      asked.push((await this.#isToCancel(incident)) ? this.#cancel(tx, incident) : incident);
    }
    return asked;
  }

  async #isToCancel({ kind, merchantId }: NewIncident): Promise<boolean> {
    return (
      kind === 'PAID_AGAINST_ABORT' && (await this.merchants.find(merchantId))?.settings.cancelPaidAgainstAbort === true
    );
  }

  #cancel(tx: EventTransaction, incident: NewIncident): NewIncident {
    const { merchantId, attemptId, paymentId } = incident;
    if (attemptId === null || paymentId === null) {
      return incident;
    }
    const commandId = toCancelCommandId({ attemptId });
    const asked = { commandId, asking: `${merchantId}/${attemptId}`, requester: 'service:gateway' };
    tx.emit(toCancelRequest({ merchantId, attemptId, paymentId }, asked, this.clock.now()));
    return { ...incident, facts: { ...incident.facts, cancelCommandId: commandId } };
  }
}
