import { Injectable } from '@nestjs/common';
import type { PaymentStatusReportedData } from '@tollgate/contracts';
import type { EventBatch } from '@tollgate/messaging';
import { DueBell } from '../calls/due-bell.service.ts';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import { PaymentSightingRepository, saysUnpaid, type Sighting } from './payment-sighting.repository.ts';

/**
 * Remembers reported payments, which of them turned out to be unpaid, and wakes attempts of the same order whose outcome is unknown: a webhook often knows the
 * answer before a repeated call does.
 */
@Injectable()
export class SightPaymentHandler {
  constructor(
    private readonly sightings: PaymentSightingRepository,
    private readonly incidents: IncidentRepository,
    private readonly bell: DueBell,
  ) {}

  async sight({ events, tx }: EventBatch<PaymentStatusReportedData>): Promise<void> {
    const reports = events.map(({ data: { merchantId, snapshot } }) => ({ merchantId, snapshot }));
    const [fresh] = await Promise.all([
      this.sightings.note(tx, reports),
      this.incidents.closeOfPayments(tx, reports.filter(saysUnpaid).map(toPayment)),
    ]);
    if (fresh.length > 0 && (await this.sightings.wakeUnknown(tx, fresh))) {
      tx.afterCommit(() => this.bell.ringIn(0));
    }
  }
}

function toPayment({ merchantId, snapshot }: Sighting): { merchantId: string; paymentId: string } {
  return { merchantId, paymentId: snapshot.paymentId };
}
