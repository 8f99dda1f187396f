import { Controller, Inject } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { readServiceSettings } from '../columns/service-settings.ts';
import { AttemptAction } from './attempt-action.entity.ts';
import { KAFKA_CLIENT, topic } from './kafka.ts';
import type { DecisionMessage } from './messages.types.ts';

const { providerUrl } = readServiceSettings();

@Controller()
export class GatewayController {
  constructor(
    @InjectRepository(AttemptAction) private readonly actions: Repository<AttemptAction>,
    @Inject(KAFKA_CLIENT) private readonly client: ClientKafka,
  ) {}

  @EventPattern<Record<string, DecisionMessage>>(topic('decisions'))
  async handleDecision(@Payload() { attemptId, decision }: DecisionMessage): Promise<void> {
    await this.actions.save({ attemptId, decision, state: 'CALLING' });
    const url = `${providerUrl}/payment-attempts/${attemptId}/${decision.toLowerCase()}`;
    const answer = await fetch(url, { method: 'POST', headers: { 'x-api-version': '2.4' } });
    const { merchantPaymentId } = (await answer.json()) as { merchantPaymentId?: string };
    const outcome = answer.ok && merchantPaymentId !== undefined ? 'APPROVED' : 'REJECTED';
    const paymentId = merchantPaymentId ?? null;
    await this.actions.save({ attemptId, state: outcome, paymentId });
    this.client.emit(topic('outcomes'), { key: attemptId, value: { attemptId, outcome, paymentId } });
  }
}
