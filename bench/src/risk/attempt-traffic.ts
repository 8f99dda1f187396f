import { createHash, randomUUID } from 'node:crypto';

import { AttemptTokenised, type AttemptTokenisedData, topicName } from '@tollgate/contracts';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import type { Producer } from 'kafkajs';

/** Records of one send. */
const SEND_MAX = 500;
/** As a shop of middle size has them. */
const CUSTOMERS = 200_000;
const NETWORKS = 50_000;
const BINS = 400;

/** Publishes attempts as a producer of another team does: cards, customers and addresses come again, BINs often. */
export class AttemptTraffic {
  private constructor(
    private readonly producer: Producer,
    private readonly topic: string,
    private readonly merchantId: string,
  ) {}

  static async open(place: { brokers: string; topicPrefix: string }, merchantId: string): Promise<AttemptTraffic> {
    const kafka = new Kafka({ brokers: place.brokers.split(','), logLevel: logLevel.ERROR });
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return new AttemptTraffic(producer, topicName(AttemptTokenised.topic, place.topicPrefix), merchantId);
  }

  /** @param spreadMs how far back the attempts reach, evenly, oldest first */
  async publish(count: number, spreadMs: number): Promise<void> {
    const startMs = Date.now() - spreadMs;
    for (let sent = 0; sent < count; sent += SEND_MAX) {
      const size = Math.min(SEND_MAX, count - sent);
      const messages = Array.from({ length: size }, (_, index) =>
        this.toMessage(new Date(startMs + ((sent + index) / count) * spreadMs)),
      );
      await this.producer.send({ topic: this.topic, acks: -1, messages });
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }

  private toMessage(receivedAt: Date) {
    const data = this.toAttempt(receivedAt);
    return {
      key: data.paymentAttemptId,
      value: JSON.stringify(data),
      headers: {
        ce_specversion: '1.0',
        ce_id: randomUUID(),
        ce_type: AttemptTokenised.type,
        ce_source: 'https://shop.example/checkout',
        ce_time: new Date().toISOString(),
        ce_subject: data.paymentAttemptId,
        'content-type': 'application/json',
      },
    };
  }

  private toAttempt(receivedAt: Date): AttemptTokenisedData {
    const customer = Math.floor(Math.random() * CUSTOMERS);
    const afterMs = (ms: number): string => new Date(receivedAt.getTime() + ms).toISOString();
    return {
      merchantId: this.merchantId,
      paymentAttemptId: randomUUID(),
      clientSessionId: `session-${randomUUID()}`,
      instrument: `card-${customer}`,
      order: {
        orderId: `order-${randomUUID()}`,
        amountMinor: String(100 + Math.floor(Math.random() * 10_000)),
        currency: 'EUR',
        customerId: `customer-${customer}`,
        emailHash: hashOf(`email ${customer}`),
      },
      paymentMethod: {
        paymentInstrumentType: 'PAYMENT_CARD',
        analyticsId: `card-${customer}`,
        network: 'VISA',
        bin: String(400_000 + (customer % BINS)),
        last4: String(customer % 10_000).padStart(4, '0'),
      },
      shopper: { ipHash: hashOf(`ip ${Math.floor(Math.random() * NETWORKS)}`) },
      clocks: {
        receivedAt: afterMs(0),
        decideBy: afterMs(75_000),
        approveBy: afterMs(82_000),
        expiresAt: afterMs(900_000),
      },
    };
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
