import { createHmac } from 'node:crypto';

import { Body, Controller, Headers, HttpCode, Inject, Post, Req, UnauthorizedException } from '@nestjs/common';
import type { RawBodyRequest } from '@nestjs/common';
import { ClientKafka, EventPattern, Payload } from '@nestjs/microservices';
import { InjectRepository } from '@nestjs/typeorm';
import type { FastifyRequest } from 'fastify';
import { Repository } from 'typeorm';

import { readServiceSettings } from '../columns/service-settings.ts';
import { Balance } from './balance.entity.ts';
import { Delivery } from './delivery.entity.ts';
import { JournalEntry } from './journal-entry.entity.ts';
import { KAFKA_CLIENT, topic } from './kafka.ts';
import type { ProviderPayment } from './messages.types.ts';
import { Payment } from './payment.entity.ts';

const { webhookSecret } = readServiceSettings();

@Controller()
export class LedgerController {
  constructor(
    @InjectRepository(Delivery) private readonly deliveries: Repository<Delivery>,
    @InjectRepository(Payment) private readonly payments: Repository<Payment>,
    @InjectRepository(JournalEntry) private readonly entries: Repository<JournalEntry>,
    @InjectRepository(Balance) private readonly balances: Repository<Balance>,
    @Inject(KAFKA_CLIENT) private readonly client: ClientKafka,
  ) {}

  @Post('webhooks/primer')
  @HttpCode(200)
  async receive(
    @Req() request: RawBodyRequest<FastifyRequest>,
    @Headers('x-signature-primary') signature: string | undefined,
    @Body() { payment }: { payment: ProviderPayment },
  ): Promise<void> {
    const bytes = request.rawBody ?? Buffer.alloc(0);
    if (createHmac('sha256', webhookSecret).update(bytes).digest('base64') !== signature) {
      throw new UnauthorizedException();
    }
    await this.deliveries.save({ paymentId: payment.id, body: bytes.toString() });
    this.client.emit(topic('payment-statuses'), { key: payment.id, value: payment });
  }

  @EventPattern<Record<string, ProviderPayment>>(topic('payment-statuses'))
  async handleStatus(@Payload() payment: ProviderPayment): Promise<void> {
    const known = await this.payments.findOneBy({ paymentId: payment.id });
    await this.payments.save({
      paymentId: payment.id,
      orderId: payment.orderId,
      status: payment.status,
      amountMinor: payment.amount,
      currency: payment.currencyCode,
      updatedAt: `${payment.dateUpdated}Z`,
    });
    if (known?.status === payment.status || payment.status !== 'AUTHORIZED') return;
    const postings = [
      { account: 'captured', amountMinor: payment.amount },
      { account: 'sales-clearing', amountMinor: -payment.amount },
    ];
    await this.entries.save({ paymentId: payment.id, postings });
    for (const { account, amountMinor } of postings) {
      await this.balances.upsert({ account }, { conflictPaths: ['account'], skipUpdateIfNoValuesChanged: true });
      await this.balances.increment({ account }, 'balanceMinor', amountMinor);
    }
  }
}
