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
    const merchantIds = incidents.filter(isPaidAgainstAbort).map(({ merchantId }) => merchantId);
    if (merchantIds.length === 0) {
      return [...incidents];
    }
    const settings = await this.merchants.settingsOf(tx, merchantIds);
    return incidents.map((incident) =>
      isPaidAgainstAbort(incident) && settings.get(incident.merchantId)?.cancelPaidAgainstAbort === true
        ? this.#cancel(tx, incident)
        : incident,
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

function isPaidAgainstAbort({ kind }: NewIncident): boolean {
  return kind === 'PAID_AGAINST_ABORT';
}
