import type { Log } from '@tollgate/platform';
import { type Consumer, Kafka, logLevel } from 'kafkajs';
import { createSocketFactory } from './broker-socket.ts';
import type { Urgency } from './on-events.decorator.ts';
import { FETCH_BYTES_MAX, METADATA_AGE_MAX_MS, type MessagingSettings, RECORD_BYTES_MAX } from './messaging.config.ts';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** How long the broker may hold a fetch open when there is nothing: also the longest wait of a clean stop. */
const FETCH_WAIT_MS = 500;
/** What is relaxed waits at the broker until there is so much of it, or so long. Bytes, milliseconds. */
const RELAXED_FETCH_BYTES_MIN = 256 * 1024;
const RELAXED_FETCH_WAIT_MS = 200;
/** Members that are slower to rejoin than this lose their partitions. Milliseconds. */
const REBALANCE_TIMEOUT_MS_MIN = 15_000;
/** kafkajs waits for so much longer for the answer to a request that waits for the group. Milliseconds. */
const JOIN_MARGIN_MS = 5_000;

/** A fetch's batches are handled at once, so that they can share a transaction: more than any assignment has. */
export const PARTITIONS_AT_ONCE = 128;

/** Messages of kafkajs that describe an ordinary day: rebalances, and reconnecting. */
const ORDINARY =
  /Topic creation errors|does not host this topic|not the leader|leadership election|rebalanc|re-joining|Connection error|Failed to connect|Restarting the consumer|coordinator/i;

/** kafkajs with our time-outs, its log lines in ours. */
export function createKafka(
  settings: Pick<MessagingSettings, 'service' | 'brokers'> & Partial<MessagingSettings>,
  log: Log,
): Kafka {
  const component = log.for('kafkajs');
  return new Kafka({
    clientId: `tollgate-${settings.service}`,
    brokers: [...settings.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    socketFactory: createSocketFactory({
      usualMs: REQUEST_TIMEOUT_MS,
      groupMs: toRebalanceTimeoutMs(settings) + JOIN_MARGIN_MS,
    }),
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

/** A consumer group, and how its members fetch. */
export interface ConsumerGroup {
  readonly groupId: string;
  readonly urgency: Urgency;
}

/** A service's group of one urgency: `<prefix>.<service>` handles what is prompt, `<prefix>.<service>.relaxed` the rest. */
export function groupOf(settings: Pick<MessagingSettings, 'topicPrefix' | 'service'>, urgency: Urgency): ConsumerGroup {
  const prompt = `${settings.topicPrefix}.${settings.service}`;
  return { groupId: urgency === 'prompt' ? prompt : `${prompt}.relaxed`, urgency };
}

/** A member of a group. Crashes of the client are the supervisor's to handle: one way to restart, counted. */
export function createConsumer(
  kafka: Kafka,
  settings: MessagingSettings,
  { groupId, urgency }: ConsumerGroup,
): Consumer {
  const { sessionTimeoutMs } = settings;
  const promptWaitMs = Math.min(FETCH_WAIT_MS, Math.floor(sessionTimeoutMs / 4));
  return kafka.consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: Math.floor(sessionTimeoutMs / 4),
    rebalanceTimeout: toRebalanceTimeoutMs(settings),
    minBytes: urgency === 'relaxed' ? RELAXED_FETCH_BYTES_MIN : 1,
    maxWaitTimeInMs: urgency === 'relaxed' ? RELAXED_FETCH_WAIT_MS : promptWaitMs,
    maxBytesPerPartition: RECORD_BYTES_MAX,
    maxBytes: FETCH_BYTES_MAX,
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_AGE_MAX_MS,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8, restartOnFailure: () => Promise.resolve(false) },
  });
}

function toRebalanceTimeoutMs({ sessionTimeoutMs = 0 }: Partial<MessagingSettings>): number {
  return Math.max(sessionTimeoutMs, REBALANCE_TIMEOUT_MS_MIN);
}
