import type { Log } from '@tollgate/platform';
import type { Admin } from 'kafkajs';
import type { BatchConsumer } from './batch-consumer.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import { type Behind, StallDetector } from './stall-detector.ts';

const LOOK_INTERVAL_MS = 5_000;
/** Lag and no progress for this long, of one partition or of all: the client has stalled. Milliseconds. */
const STALL_MS = 30_000;
/** Started and in no group after this: the same. Milliseconds. */
const JOIN_MS = 60_000;

/**
 * Restarts a consumer that is assigned, has lag and makes no progress: kafkajs is known to stall after lost connections
 * and rebalances. Measures the lag on the way, and has offsets committed again that the broker has lost sight of.
 */
export class Watchdog {
  #timer: NodeJS.Timeout | undefined;
  #measured: string[] = [];
  readonly #stalls = new StallDetector();
  readonly #startedAtMs = Date.now();

  constructor(
    private readonly admin: Admin,
    private readonly consumer: BatchConsumer,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
    private readonly onStalled: () => void,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      this.#look().catch((error: unknown) => this.log.debug('The lag could not be measured', { error }));
    }, LOOK_INTERVAL_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const { progress } = this.consumer;
    if (progress.joinedAtMs === undefined) {
      this.#reportIf(Date.now() - this.#startedAtMs > JOIN_MS, 'in no group');
      return;
    }
    const behind = await this.#measureLag();
    const nowMs = Date.now();
    const { inHand, backingOff, joinedAtMs } = this.consumer.progress;
    const waitedMs = this.#stalls.look({ nowMs, behind, inHand, backingOff });
    this.#reportIf(Math.min(waitedMs, nowMs - (joinedAtMs ?? nowMs)) > STALL_MS, 'no progress');
  }

  #reportIf(stalled: boolean, reason: string): void {
    if (stalled) {
      this.log.error('The consumer has stalled and is restarted', { reason, group: this.consumer.group.groupId });
      this.stop();
      this.onStalled();
    }
  }

  async #measureLag(): Promise<Behind[]> {
    const { assigned, positions } = this.consumer.progress;
    const topics = assigned.map(({ topic }) => topic);
    const committed = await this.admin.fetchOffsets({ groupId: this.consumer.group.groupId, topics });
    const stored = new Map<string, bigint>(
      committed.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => [`${topic}/${partition}`, BigInt(offset)] as const),
      ),
    );
    this.consumer.commitAgain(stored);
    const behind: Behind[] = [];
    for (const { topic, partitions } of assigned) {
      const ends = new Map((await this.admin.fetchTopicOffsets(topic)).map((o) => [o.partition, o]));
      let lagOfTopic = 0n;
      for (const partition of partitions) {
        const place = `${topic}/${partition}`;
        const end = ends.get(partition);
        const known = positions.get(place) ?? stored.get(place) ?? -1n;
        const position = known < 0n ? BigInt(end?.low ?? 0) : known;
        const lag = BigInt(end?.high ?? 0) - position;
        if (lag > 0n) {
          behind.push({ place, position, lag });
          lagOfTopic += lag;
        }
      }
      this.metrics.lag.set({ topic }, Number(lagOfTopic));
    }
    // What this consumer is not assigned any more is another one's to tell.
    this.#measured.filter((topic) => !topics.includes(topic)).forEach((topic) => this.metrics.lag.remove({ topic }));
    this.#measured = topics;
    return behind;
  }
}
