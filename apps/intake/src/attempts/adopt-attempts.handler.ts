import { Injectable } from '@nestjs/common';
import { type AttemptTokenisedData, KnownError, settleClocks, toAttemptIdentity } from '@tollgate/contracts';
import { type EventBatch, keepOfKnownMerchants, type ReceivedEvent } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { IntakeOptions } from '../intake-options.types.ts';
import { AttemptMetrics } from './attempt-metrics.service.ts';
import { areClocksOrdered } from './follow-attempts.policy.ts';
import { type Receipt, ReceiveAttemptsHandler } from './receive-attempts.handler.ts';

/**
 * Adopts attempts from the topic: a row, clocks from the broker's timestamp where the event carries none, and the
 * deadline keeper's care. What contradicts a known attempt becomes a dead letter, and the batch goes on.
 */
@Injectable()
export class AdoptAttemptsHandler {
  constructor(
    private readonly receiver: ReceiveAttemptsHandler,
    private readonly merchants: MerchantDirectory,
    private readonly options: IntakeOptions,
    private readonly metrics: AttemptMetrics,
  ) {}

  async adopt({ events, tx }: EventBatch<AttemptTokenisedData>): Promise<void> {
    const ordered = events.filter((event) => {
      const { clocks } = event.data;
      const isOrdered = clocks === undefined || areClocksOrdered(clocks);
      if (!isOrdered) {
        const detail = "The attempt's clocks are out of order";
        tx.reject(event, new KnownError('RECORD_SCHEMA_INVALID', { detail }));
      }
      return isOrdered;
    });
    const kept = await keepOfKnownMerchants(this.merchants, tx, ordered);
    const receipts = kept.map(({ event }) => ({ event, receipt: this.#toReceipt(event) }));
    if (receipts.length === 0) {
      return;
    }
    const results = await this.receiver.receive(
      tx,
      receipts.map(({ receipt }) => receipt),
    );
    results.forEach((result, index) => {
      const { event } = receipts[index]!;
      if (result.kind === 'conflict') {
        tx.reject(event, new KnownError('ATTEMPT_CONFLICT', { facts: { fields: result.fields } }));
      }
      tx.afterCommit(() => this.metrics.received.inc({ way: 'topic', result: result.kind }));
    });
  }

  #toReceipt({ data, source, brokerTimestamp }: ReceivedEvent<AttemptTokenisedData>): Receipt {
    const { analyticsId } = data.paymentMethod;
    const { customerId } = data.order;
    return {
      announced: {
        identity: toAttemptIdentity(data),
        paymentAttemptId: data.paymentAttemptId,
        ...(analyticsId === undefined ? {} : { analyticsId }),
        ...(customerId === undefined ? {} : { customerId }),
        clocks: settleClocks(data.clocks, brokerTimestamp, this.options.clocks),
      },
      source,
    };
  }
}
