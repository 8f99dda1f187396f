import { Body, Controller, Headers, HttpCode, Inject, Post, UnauthorizedException } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';

import { readServiceSettings } from '../columns/service-settings.ts';
import { Attempt } from './attempt.entity.ts';
import type { OutcomeMessage, PostedAttempt } from './messages.types.ts';
import { KAFKA_CLIENT, topic } from './kafka.ts';

const { apiKey } = readServiceSettings();

@Controller()
export class IntakeController {
  private readonly waiting = new Map<string, (outcome: OutcomeMessage) => void>();

  constructor(
    @InjectRepository(Attempt) private readonly attempts: Repository<Attempt>,
    @Inject(KAFKA_CLIENT) private readonly client: ClientKafka,
  ) {}

  @Post('v1/attempts')
  @HttpCode(200)
  async post(
    @Body() body: PostedAttempt,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<OutcomeMessage> {
    if (authorization !== `Bearer ${apiKey}`) throw new UnauthorizedException();
    const concluded = new Promise<OutcomeMessage>((resolve) => {
      this.waiting.set(body.paymentAttemptId, resolve);
    });
    const attempt = await this.attempts.save({
      attemptId: body.paymentAttemptId,
      clientSessionId: body.clientSessionId,
      instrument: body.paymentMethodToken.analyticsId,
      orderId: body.order.orderId,
      customerId: body.order.customerId,
      amountMinor: body.order.amount,
      currency: body.order.currencyCode,
    });
    this.client.emit(topic('attempts'), { key: attempt.attemptId, value: attempt });
    return concluded;
  }

  @EventPattern<Record<string, OutcomeMessage>>(topic('outcomes'))
  async handleOutcome(@Payload() outcome: OutcomeMessage): Promise<void> {
    const { attemptId, paymentId } = outcome;
    await this.attempts.save({ attemptId, status: outcome.outcome, paymentId });
    this.waiting.get(attemptId)?.(outcome);
    this.waiting.delete(attemptId);
  }
}
