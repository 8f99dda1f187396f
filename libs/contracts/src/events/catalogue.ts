import { z } from 'zod';
import { ApprovalChanged } from './approval-changed.event.ts';
import { AttemptConcluded, AttemptOutcomeUnknown } from './attempt-concluded.event.ts';
import { AttemptDecided } from './attempt-decided.event.ts';
import { AttemptTokenised } from './attempt-tokenised.event.ts';
import {
  envelopeHeaders,
  type EventDefinition,
  type Topic,
  TOPIC_PARTITIONS,
  TOPIC_RETENTION_DAYS,
  topicName,
} from './envelope.ts';
import { PaymentCommandHeld } from './payment-command-held.event.ts';
import { PaymentCommandConcluded, PaymentCommandRequested } from './payment-command.event.ts';
import { PaymentDisputeReported } from './payment-dispute-reported.event.ts';
import { PaymentStatusReported } from './payment-status-reported.event.ts';

/** Every event that travels, with an example that fits its schema. */
export const EVENT_CATALOGUE: ReadonlyArray<{ definition: EventDefinition<never>; example: unknown }> = [
  entry(AttemptTokenised, {
    merchantId: 'm-1',
    paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    clientSessionId: 'cs-1',
    instrument: 'VtkMDAxZW5isH0HsbbNxZ3lo',
    order: { orderId: 'order-1', amountMinor: '4200', currency: 'EUR', customerId: 'customer-1' },
    paymentMethod: { analyticsId: 'VtkMDAxZW5isH0HsbbNxZ3lo', network: 'VISA', last4: '1111' },
  }),
  entry(AttemptDecided, {
    ...aboutExample(),
    decision: 'APPROVE',
    source: 'rules',
    reason: 'no-rule-matched',
    decidedAt: '2026-01-05T10:00:00.012Z',
  }),
  entry(AttemptConcluded, {
    ...aboutExample(),
    decision: carriedDecisionExample(),
    outcome: 'APPROVED',
    paymentId: 'IHQlakKC',
    charged: 'yes',
    retryable: false,
    shopperCode: 'APPROVED',
    reason: 'no-rule-matched',
    firstCalledAt: '2026-01-05T10:00:00.020Z',
    concludedAt: '2026-01-05T10:00:00.140Z',
  }),
  entry(AttemptOutcomeUnknown, {
    ...aboutExample(),
    decision: carriedDecisionExample(),
    action: 'APPROVE',
    since: '2026-01-05T10:00:06.020Z',
  }),
  entry(PaymentStatusReported, {
    merchantId: 'm-1',
    paymentId: 'IHQlakKC',
    evidenceId: '0199a3f0-7d1c-7cc3-98c4-dc0c0c07398f',
    origin: 'webhook',
    reportedAs: 'PAYMENT.STATUS',
    receivedAt: '2026-01-05T10:00:01.000Z',
    snapshot: {
      paymentId: 'IHQlakKC',
      status: 'AUTHORIZED',
      orderId: 'order-1',
      currency: 'EUR',
      amountMinor: '4200',
      date: '2026-01-05T10:00:00.367687',
      dateUpdated: '2026-01-05T10:00:00.913301',
      transactions: [],
    },
  }),
  entry(PaymentCommandRequested, {
    merchantId: 'm-1',
    commandId: 'capture-order-1',
    requestedAt: '2026-01-05T10:30:00.000Z',
    command: { kind: 'capture', paymentId: 'IHQlakKC', amountMinor: '4200', final: true },
  }),
  entry(PaymentCommandConcluded, {
    merchantId: 'm-1',
    commandId: 'capture-order-1',
    kind: 'capture',
    outcome: 'DONE',
    reason: 'as-requested',
    paymentId: 'IHQlakKC',
    orderId: 'order-1',
    amountMinor: '4200',
    currency: 'EUR',
    final: true,
    payment: {
      paymentId: 'IHQlakKC',
      status: 'SETTLING',
      orderId: 'order-1',
      currency: 'EUR',
      amountMinor: '4200',
      amountCapturedMinor: '4200',
      amountRefundedMinor: '0',
      dateUpdated: '2026-01-05T10:30:00.113301Z',
    },
    requestedAt: '2026-01-05T10:30:00.000Z',
    firstCalledAt: '2026-01-05T10:30:00.040Z',
    concludedAt: '2026-01-05T10:30:00.130Z',
  }),
  entry(PaymentCommandHeld, {
    merchantId: 'm-1',
    commandId: 'refund-order-1',
    kind: 'refund',
    paymentId: 'IHQlakKC',
    orderId: 'order-1',
    amountMinor: '420000',
    currency: 'EUR',
    requester: 'merchant:m-1',
    customer: { id: 'customer-1' },
    reason: 'amount-above-limit',
    limit: { amountMinorMax: '100000' },
    holdDigest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    payment: { paymentId: 'IHQlakKC', status: 'SETTLED', currency: 'EUR', amountMinor: '420000' },
    requestedAt: '2026-01-06T10:00:00.000Z',
    heldAt: '2026-01-06T10:00:00.050Z',
    decideBy: '2026-01-07T10:00:00.050Z',
  }),
  entry(ApprovalChanged, {
    merchantId: 'm-1',
    approvalId: '0199a3f0-7d1c-7cc3-98c4-dc0c0c07398f',
    resourceType: 'payment_attempt',
    resourceId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    kind: 'data_review',
    change: 'opened',
    sequence: 1,
    at: '2026-01-05T10:00:00.020Z',
    actor: 'service:risk',
    decision: 'pending',
    effect: 'none',
    orderId: 'order-1',
    amountMinor: '4200',
    currency: 'EUR',
    dataSnapshotHash: '6266fd6c7b24fc4df87c360cfb9eb2fcd4bcf1462bbe1a993738a3f4bdb96dac',
    expiresAt: '2026-01-05T10:01:15.000Z',
    votesRequired: 1,
    votesGiven: 0,
  }),
  entry(PaymentDisputeReported, {
    merchantId: 'm-1',
    evidenceId: '0199a3f0-9b4e-7b1a-8a77-5a1f6d0c2e11',
    reportedAs: 'DISPUTE.STATUS',
    receivedAt: '2026-02-05T09:00:01.000Z',
    dispute: {
      processor: 'ADYEN',
      processorDisputeId: 'dispute-1',
      paymentId: 'IHQlakKC',
      orderId: 'order-1',
      type: 'DISPUTE',
      status: 'OPEN',
      amountMinor: '4200',
      currency: 'EUR',
      receivedAt: '2026-02-05T09:00:00.120000',
      challengeRequiredBy: '2026-02-19T23:59:59',
      reasonCode: '10.4',
    },
  }),
];

/** File name → JSON Schema (2020-12) of an event's data, as other teams' producers and readers need it. */
export function toEventSchemas(): Record<string, object> {
  return Object.fromEntries(
    EVENT_CATALOGUE.map(({ definition }) => [`${definition.type}.schema.json`, toDataSchema(definition)]),
  );
}

/** The event interface as one AsyncAPI 3 document. */
export function toAsyncApi(): object {
  const topics = [...new Set(EVENT_CATALOGUE.map(({ definition }) => definition.topic))];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tollgate events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 over Kafka, binary mode: attributes are headers, the value is the data as JSON. Changes inside a ' +
        'major version only add optional fields. No consumer depends on the order of two events.',
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(topics.map((topic) => [topic, toChannel(topic)])),
    operations: Object.fromEntries(
      topics.map((topic) => [`on-${topic}`, { action: 'receive', channel: { $ref: `#/channels/${topic}` } }]),
    ),
    components: {
      messages: Object.fromEntries(
        EVENT_CATALOGUE.map(({ definition, example }) => [definition.type, toMessage(definition, example)]),
      ),
      schemas: { CloudEventHeaders: z.toJSONSchema(envelopeHeaders, { io: 'input' }) },
    },
  };
}

function toChannel(topic: Topic): object {
  const messages = EVENT_CATALOGUE.filter(({ definition }) => definition.topic === topic);
  return {
    address: topicName(topic),
    messages: Object.fromEntries(
      messages.map(({ definition }) => [definition.type, { $ref: `#/components/messages/${definition.type}` }]),
    ),
    bindings: {
      kafka: {
        partitions: TOPIC_PARTITIONS,
        topicConfiguration: { 'retention.ms': TOPIC_RETENTION_DAYS * 24 * 60 * 60 * 1000 },
      },
    },
  };
}

function toMessage(definition: EventDefinition<never>, example: unknown): object {
  return {
    name: definition.type,
    title: definition.title,
    contentType: 'application/json',
    headers: { $ref: '#/components/schemas/CloudEventHeaders' },
    payload: { schemaFormat: 'application/schema+json;version=draft-2020-12', schema: toDataSchema(definition) },
    bindings: {
      kafka: {
        key: { type: 'string', description: 'Attempt id, payment id, or command id of a create; murmur2 partitioner' },
      },
    },
    examples: [{ payload: example }],
  };
}

function toDataSchema(definition: EventDefinition<never>): object {
  return { title: definition.title, ...z.toJSONSchema(definition.schema, { io: 'input' }) };
}

function entry<Data>(definition: EventDefinition<Data>, example: unknown) {
  return { definition: definition as unknown as EventDefinition<never>, example };
}

function aboutExample() {
  return {
    merchantId: 'm-1',
    paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    clientSessionId: 'cs-1',
    order: { orderId: 'order-1', amountMinor: '4200', currency: 'EUR' },
    clocks: {
      receivedAt: '2026-01-05T10:00:00.000Z',
      decideBy: '2026-01-05T10:01:15.000Z',
      approveBy: '2026-01-05T10:01:22.000Z',
      expiresAt: '2026-01-05T10:15:00.000Z',
    },
  };
}

function carriedDecisionExample() {
  return {
    decision: 'APPROVE',
    source: 'rules',
    reason: 'no-rule-matched',
    decidedAt: '2026-01-05T10:00:00.012Z',
  };
}
