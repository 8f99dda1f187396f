import { Controller, Inject } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { Attempt } from './attempt.entity.ts';
import { Decision } from './decision.entity.ts';
import { KAFKA_CLIENT, topic } from './kafka.ts';

/** The one rule, minor units. */
const AMOUNT_MINOR_MAX = 1_000_000;

@Controller()
export class RiskController {
  constructor(
    @InjectRepository(Decision) private readonly decisions: Repository<Decision>,
    @Inject(KAFKA_CLIENT) private readonly client: ClientKafka,
  ) {}

  @EventPattern<Record<string, Attempt>>(topic('attempts'))
  async handleAttempt(@Payload() attempt: Attempt): Promise<void> {
    const isTooMuch = attempt.amountMinor > AMOUNT_MINOR_MAX;
    const decision = await this.decisions.save({
      attemptId: attempt.attemptId,
      decision: isTooMuch ? 'ABORT' : 'APPROVE',
      reason: isTooMuch ? 'amount-limit' : 'no-rule-matched',
      features: attempt,
    });
    this.client.emit(topic('decisions'), { key: decision.attemptId, value: decision });
  }
}
