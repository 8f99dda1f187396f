import { type CustomTransportStrategy, type MessageHandler, Server } from '@nestjs/microservices';
import { type EventDefinition, KnownError, type Topic, topicName } from '@tollgate/contracts';
import type { Database } from '@tollgate/persistence';
import type { Log } from '@tollgate/platform';
import type { Admin, Kafka } from 'kafkajs';
import { isObservable, lastValueFrom } from 'rxjs';
import { BatchConsumer, consumedTopics } from './batch-consumer.ts';
import { BatchRunner, type EventHandler } from './batch-runner.ts';
import { BroadcastConsumer, type BroadcastListener } from './broadcast-consumer.ts';
import { ConsumerSupervisor, type SupervisedConsumer } from './consumer-supervisor.ts';
import { DeadLetterBreakers } from './dead-letter-breaker.ts';
import { DeadlyRecords } from './deadly-records.ts';
import type { EventBatch } from './event-transaction.ts';
import { InboxPartitions } from './inbox-partitions.job.ts';
import type { MessagingSettings } from './messaging.config.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import { groupOf } from './kafka-client.ts';
import { type HandlerExtras, KAFKA_BATCH_TRANSPORT, type Urgency } from './on-events.decorator.ts';
import { toEventSource } from './outbox.ts';
import type { Publisher } from './publisher.ts';
import type { TopicReader } from './record-parser.ts';
import { Relay } from './relay.job.ts';
import { ensureTopics } from './topic-admin.ts';
import { Watchdog } from './watchdog.ts';

/** What Nest's handlers ask for: readers by topic, handlers by event type. */
interface Subscriptions {
  readonly readers: ReadonlyMap<string, TopicReader>;
  readonly handlers: ReadonlyMap<string, { definition: EventDefinition; call: (payload: unknown) => Promise<void> }>;
}

/** Mutable while the handlers are gathered; a {@link TopicReader} afterwards. */
interface ReaderDraft {
  definitions: Map<string, EventDefinition>;
  ignored: Set<string>;
  ageless: Set<string>;
  ownSkipped: Set<string>;
  concerns: Map<string, (data: unknown) => boolean>;
  ownSource: string;
}

/**
 * Nest's transport for event batches. A broker that is away at start-up or later is an ordinary day: readiness is red,
 * and the connection is tried until it is there.
 */
export class KafkaBatchServer extends Server implements CustomTransportStrategy {
  override readonly transportId = KAFKA_BATCH_TRANSPORT;
  /** A handler's error comes back to the consumer loop, which decides between back-off and dead letter. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #partitions: InboxPartitions;
  readonly #relay: Relay;
  readonly #admin: Admin;
  readonly #supervisor: ConsumerSupervisor;
  readonly #breakers = new DeadLetterBreakers();
  #topicsEnsured: Promise<void> | undefined;

  constructor(
    private readonly kafka: Kafka,
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly settings: MessagingSettings,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
  ) {
    super();
    this.#partitions = new InboxPartitions(database, settings.inboxRetentionDays, log);
    this.#relay = new Relay(database, publisher, metrics, log);
    this.#supervisor = new ConsumerSupervisor(metrics, log);
    this.#admin = kafka.admin({ retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 } });
  }

  /** Nest's callback style; an error is the start-up's, since nothing can be claimed without the inbox. */
  listen(callback: (error?: unknown) => void): void {
    const start = async (): Promise<void> => {
      try {
        await this.#partitions.start();
        this.#relay.start();
        this.#startConsumers();
      } catch (error) {
        callback(error);
        return;
      }
      callback();
    };
    void start();
  }

  /** Consumers first, so that nothing new comes in; then what they have committed is published. */
  async close(): Promise<void> {
    this.#partitions.stop();
    await this.#supervisor.stop();
    await this.#relay.stop();
    await this.publisher.close();
    await this.#admin.disconnect();
  }

  /** @throws KnownError BROKER_UNAVAILABLE until every consumer of this service has reached the broker */
  assertReady(): void {
    if (!this.#supervisor.isReady) {
      throw new KnownError('BROKER_UNAVAILABLE', { detail: 'The consumers are not connected' });
    }
    if (this.#breakers.isAnyOpen) {
      throw new KnownError('HANDLER_FAILED', { detail: 'Most records became dead letters: a topic pauses' });
    }
  }

  on(): never {
    throw new KnownError('INTERNAL', { detail: 'The transport has no client events' });
  }

  unwrap<T>(): T {
    return this.kafka as T;
  }

  #startConsumers(): void {
    const prompt = this.#gather((extras) => !extras.broadcast && urgencyOf(extras) === 'prompt');
    const relaxed = this.#gather((extras) => !extras.broadcast && urgencyOf(extras) === 'relaxed');
    const broadcasts = this.#gather((extras) => extras.broadcast);
    const consumed = consumedTopics([prompt, relaxed].map(({ readers }) => readers));
    const keepRunning = (name: string, start: () => Promise<SupervisedConsumer>): void =>
      this.#supervisor.keepRunning(name, async () => {
        await this.#ensureTopics(consumed);
        return start();
      });
    // Also by a service that consumes nothing: what it produces needs its topics.
    keepRunning('events', () => this.#startEvents(prompt, 'prompt'));
    if (relaxed.readers.size > 0) {
      keepRunning('relaxed events', () => this.#startEvents(relaxed, 'relaxed'));
    }
    if (broadcasts.readers.size > 0) {
      keepRunning('broadcast', () => this.#startBroadcast(broadcasts));
    }
  }

  async #ensureTopics(consumed: readonly Topic[]): Promise<void> {
    this.#topicsEnsured ??= (async () => {
      await this.#admin.connect();
      await ensureTopics(this.#admin, this.settings, consumed);
    })().catch((error: unknown) => {
      this.#topicsEnsured = undefined;
      throw error;
    });
    await this.#topicsEnsured;
  }

  async #startEvents(events: Subscriptions, urgency: Urgency): Promise<SupervisedConsumer> {
    const { promise: broken, resolve: onBroken } = Promise.withResolvers<Error | undefined>();
    if (events.readers.size === 0) {
      return { broken, stop: () => Promise.resolve() };
    }
    const handlers = new Map<string, EventHandler>();
    for (const [type, { definition, call }] of events.handlers) {
      handlers.set(type, { definition, handle: (batch: EventBatch<unknown>) => call(batch) });
    }
    const runner = new BatchRunner(
      this.database,
      this.publisher,
      this.settings,
      handlers,
      this.#breakers,
      this.metrics,
      this.log,
    );
    const deadly = new DeadlyRecords(this.database, this.settings.service);
    const consumer = new BatchConsumer(
      this.kafka,
      groupOf(this.settings, urgency),
      runner,
      events.readers,
      deadly,
      this.#breakers,
      this.#partitions,
      this.settings,
      this.metrics,
      this.log,
      onBroken,
    );
    await startOrStop(consumer);
    const watchdog = new Watchdog(this.#admin, consumer, this.metrics, this.log, () => onBroken(undefined));
    watchdog.start();
    return {
      broken,
      stop: async () => {
        watchdog.stop();
        await consumer.stop();
      },
    };
  }

  async #startBroadcast(broadcasts: Subscriptions): Promise<SupervisedConsumer> {
    const { promise: broken, resolve: onBroken } = Promise.withResolvers<Error | undefined>();
    const listeners = new Map<string, BroadcastListener>();
    for (const [type, { call }] of broadcasts.handlers) {
      listeners.set(type, call);
    }
    const { kafka, settings, log } = this;
    const consumer = new BroadcastConsumer(kafka, broadcasts.readers, listeners, settings, log, onBroken);
    await startOrStop(consumer);
    return { broken, stop: () => consumer.stop() };
  }

  #gather(belongs: (extras: HandlerExtras) => boolean): Subscriptions {
    const readers = new Map<string, ReaderDraft>();
    const handlers = new Map<string, { definition: EventDefinition; call: (payload: unknown) => Promise<void> }>();
    for (const handler of this.messageHandlers.values()) {
      const extras = handler.extras as HandlerExtras | undefined;
      if (extras?.definition === undefined || !belongs(extras)) {
        continue;
      }
      const { definition } = extras;
      const topic = topicName(definition.topic, this.settings.topicPrefix);
      const reader = readers.get(topic) ?? {
        definitions: new Map(),
        ignored: new Set(),
        ageless: new Set(),
        ownSkipped: new Set(),
        ownSource: toEventSource(this.settings.service),
        concerns: new Map(),
      };
      readers.set(topic, reader);
      reader.definitions.set(definition.type, definition);
      extras.ignores?.forEach((ignored) => reader.ignored.add(ignored.type));
      if (extras.naturalKey !== undefined) {
        reader.ageless.add(definition.type);
      }
      if (extras.skipsOwn !== undefined) {
        reader.ownSkipped.add(definition.type);
      }
      if (extras.concerns !== undefined) {
        reader.concerns.set(definition.type, extras.concerns);
      }
      handlers.set(definition.type, { definition, call: (payload) => callHandler(handler, payload) });
    }
    return { readers, handlers };
  }
}

function urgencyOf({ urgency }: HandlerExtras): Urgency {
  return urgency ?? 'prompt';
}

/** Nest wraps a handler's result in an observable when interceptors or filters had a hand in it. */
async function callHandler(handler: MessageHandler, payload: unknown): Promise<void> {
  const result: unknown = await handler(payload);
  if (isObservable(result)) {
    await lastValueFrom(result, { defaultValue: undefined });
  }
}

async function startOrStop(consumer: { start(): Promise<void>; stop(): Promise<void> }): Promise<void> {
  try {
    await consumer.start();
  } catch (error) {
    await consumer.stop().catch(() => undefined);
    throw error;
  }
}
