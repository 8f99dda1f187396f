import { setTimeout as delay } from 'node:timers/promises';

import { AttemptDecided, topicName } from '@tollgate/contracts';
import kafkajs, { type Admin, Kafka, logLevel } from 'kafkajs';

import type { ColumnPlace } from '../columns/column.types.ts';
import { nowMs } from '../machine/monotonic-clock.ts';

// Node cannot see kafkajs's error classes among its named exports.
const { KafkaJSError } = kafkajs;

const LOOK_EVERY_MS = { least: 30, most: 10_000 };
/** Decisions that are missing for each millisecond until the next look. */
const MISSING_PER_MS = 50;
/** A run that makes no progress for so long is given up. */
const STALLED_AFTER_MS = 60_000;

/**
 * The decisions that risk has published. The broker knows how many there are without reading one: what is measured does
 * not pay for being watched, however full its tables are.
 */
export class PublishedDecisions {
  private constructor(
    private readonly admin: Admin,
    private readonly topic: string,
  ) {}

  static async open({ brokers, topicPrefix }: ColumnPlace): Promise<PublishedDecisions> {
    const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    return new PublishedDecisions(admin, topicName(AttemptDecided.topic, topicPrefix));
  }

  /** Undefined where the broker cannot tell at the moment: a young topic has no leader yet. */
  private async count(): Promise<number | undefined> {
    try {
      const partitions = await this.admin.fetchTopicOffsets(this.topic);
      return partitions.reduce((total, { high }) => total + Number(high), 0);
    } catch (error) {
      if (error instanceof KafkaJSError && error.retriable) return undefined;
      throw error;
    }
  }

  /**
   * Waits until there are so many, and tells on a long wait how far it has come.
   * @throws the reason of `interrupted`, or an Error when risk makes no progress
   */
  async awaitTotal(total: number, interrupted: AbortSignal): Promise<void> {
    let seen = -1;
    let progressMs = nowMs();
    while (seen < total) {
      interrupted.throwIfAborted();
      const published = (await this.count()) ?? seen;
      if (published > seen) progressMs = nowMs();
      else if (nowMs() - progressMs > STALLED_AFTER_MS) throw new Error(`risk stopped at ${published} of ${total}`);
      seen = published;
      const waitMs = Math.min(LOOK_EVERY_MS.most, Math.max(LOOK_EVERY_MS.least, (total - seen) / MISSING_PER_MS));
      if (waitMs === LOOK_EVERY_MS.most) console.log(`${seen} of ${total} attempts decided`);
      if (seen < total) await delay(waitMs);
    }
  }

  async close(): Promise<void> {
    await this.admin.disconnect();
  }
}
