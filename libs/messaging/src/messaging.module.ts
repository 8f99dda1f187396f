import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log, Metrics, Readiness, SERVICE_STRATEGY } from '@tollgate/platform';
import { EventTransactions } from './event-transactions.service.ts';
import { KafkaBatchServer } from './kafka-batch.server.ts';
import { createKafka } from './kafka-client.ts';
import type { MessagingSettings } from './messaging.config.ts';
import { MessagingMetrics } from './messaging.metrics.ts';
import { Publisher } from './publisher.ts';
import { TopicHistory } from './topic-history.service.ts';

/** What the parts of the event path share. */
class EventPath implements OnApplicationShutdown {
  readonly publisher: Publisher;
  readonly server: KafkaBatchServer;
  readonly metrics: MessagingMetrics;

  constructor(
    readonly settings: MessagingSettings,
    readonly database: Database,
    readonly log: Log,
    metrics: Metrics,
  ) {
    const kafka = createKafka(settings, log);
    this.metrics = new MessagingMetrics(metrics);
    this.publisher = new Publisher(kafka, database, this.metrics, log.for('Publisher'));
    this.server = new KafkaBatchServer(kafka, database, this.publisher, settings, this.metrics, log.for('Events'));
  }

  /** After HTTP has drained: its last commits are published, then the connection ends. */
  async onApplicationShutdown(): Promise<void> {
    await this.publisher.close();
  }
}

/**
 * The event path of one service: consumer, inbox, outbox, relay. Global; needs PersistenceModule with
 * {@link messagingMigrations} among its migrations.
 */
@Module({})
export class MessagingModule {
  static forRoot(settings: MessagingSettings): DynamicModule {
    return {
      module: MessagingModule,
      global: true,
      providers: [
        {
          provide: EventPath,
          useFactory: (database: Database, log: Log, metrics: Metrics) =>
            new EventPath(settings, database, log, metrics),
          inject: [Database, Log, Metrics],
        },
        {
          provide: EventTransactions,
          useFactory: (path: EventPath) =>
            new EventTransactions(path.database, path.publisher, path.settings, path.metrics, path.log),
          inject: [EventPath],
        },
        { provide: TopicHistory, useFactory: (log: Log) => new TopicHistory(settings, log), inject: [Log] },
        {
          provide: SERVICE_STRATEGY,
          useFactory: (path: EventPath, readiness: Readiness) => {
            readiness.register('broker', () => path.server.assertReady());
            return path.server;
          },
          inject: [EventPath, Readiness],
        },
      ],
      exports: [EventTransactions, TopicHistory],
    };
  }
}
