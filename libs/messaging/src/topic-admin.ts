import {
  deadLetterTopicName,
  type Topic,
  topicName,
  TOPIC_PARTITIONS,
  TOPIC_RETENTION_DAYS,
  TOPICS,
} from '@tollgate/contracts';
import type { Admin, ITopicConfig } from 'kafkajs';
import {
  DEAD_LETTER_BYTES_MAX,
  DEAD_LETTER_RETENTION_DAYS,
  type MessagingSettings,
  RECORD_BYTES_MAX,
} from './messaging.config.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Creates the topics that are missing: all of the contract's, and the dead-letter topics of this consumer. Topics that
 * exist are left as their operator has set them. Safe when several services start at once.
 */
export async function ensureTopics(
  admin: Admin,
  settings: MessagingSettings,
  consumed: readonly Topic[],
): Promise<void> {
  const wanted = [
    ...TOPICS.map((topic) => toSourceTopic(topic, settings)),
    ...consumed.map((topic) => toDeadLetterTopic(topic, settings)),
  ];
  const existing = new Set(await admin.listTopics());
  const missing = wanted.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) {
    // False when another service was faster with all of them.
    await admin.createTopics({ topics: missing, waitForLeaders: true });
  }
}

function toSourceTopic(topic: Topic, settings: MessagingSettings): ITopicConfig {
  return {
    topic: topicName(topic, settings.topicPrefix),
    numPartitions: TOPIC_PARTITIONS,
    replicationFactor: settings.replicationFactor,
    configEntries: [
      { name: 'retention.ms', value: String(TOPIC_RETENTION_DAYS * DAY_MS) },
      { name: 'max.message.bytes', value: String(RECORD_BYTES_MAX) },
      // The first receipt of an attempt that its producer published straight to the topic is the broker's time.
      { name: 'message.timestamp.type', value: topic === 'attempts' ? 'LogAppendTime' : 'CreateTime' },
    ],
  };
}

function toDeadLetterTopic(topic: Topic, settings: MessagingSettings): ITopicConfig {
  return {
    topic: deadLetterTopicName(topicName(topic, settings.topicPrefix), settings.service),
    numPartitions: 1,
    replicationFactor: settings.replicationFactor,
    configEntries: [
      { name: 'retention.ms', value: String(DEAD_LETTER_RETENTION_DAYS * DAY_MS) },
      { name: 'max.message.bytes', value: String(DEAD_LETTER_BYTES_MAX) },
    ],
  };
}
