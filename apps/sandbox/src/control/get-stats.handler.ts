import { Injectable } from '@nestjs/common';
import { AttemptRepository } from '../attempts/attempt.repository.ts';
import { Clock } from '../clock/clock.service.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { WebhookRepository } from '../webhooks/webhook.repository.ts';
import type { Stats } from './control.schema.ts';

/** Counts of everything, taken from the tables at the moment of asking. */
@Injectable()
export class GetStatsHandler {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly payments: PaymentRepository,
    private readonly webhooks: WebhookRepository,
    private readonly clock: Clock,
  ) {}

  handle(): Stats {
    const byStatus = this.payments.countByStatus();
    return {
      attempts: this.attempts.count(this.clock.nowMicros()),
      calls: this.attempts.countCalls(),
      payments: { total: Object.values(byStatus).reduce((sum, count) => sum + count, 0), byStatus },
      webhooks: this.webhooks.countByState(),
    };
  }
}
