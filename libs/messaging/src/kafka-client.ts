import type { Log } from '@tollgate/platform';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import type { MessagingSettings } from './messaging.config.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** Messages of kafkajs that describe an ordinary day: rebalances, and reconnecting. */
const ORDINARY =
  /Topic creation errors|does not host this topic|not the leader|leadership election|rebalanc|re-joining|Connection error|Failed to connect|Restarting the consumer|coordinator/i;

/** kafkajs with our time-outs, its log lines in ours. */
export function createKafka(settings: MessagingSettings, log: Log): Kafka {
  const component = log.for('kafkajs');
  return new Kafka({
    clientId: `tollgate-${settings.service}`,
    brokers: [...settings.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const { message, error, groupId } = entry.log as { message: string; error?: unknown; groupId?: string };
      const reason = typeof error === 'string' ? error : undefined;
      if (entry.level === logLevel.ERROR && !ORDINARY.test(`${message} ${reason ?? ''}`)) {
        component.error(message, { reason, group: groupId });
      } else if (component.isDebug()) {
        component.debug(message, { reason, group: groupId });
      }
    },
  });
}

/**
 * Idempotent producer: a retry inside the client cannot write a record twice. Java's murmur2 partitioner, so that
 * every producer in any language puts a key on the same partition.
 */
export function createProducer(kafka: Kafka): Producer {
  return kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 5 },
  });
}
