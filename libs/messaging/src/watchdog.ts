import type { Log } from '@tollgate/platform';
import type { Admin } from 'kafkajs';
import type { BatchConsumer } from './batch-consumer.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';

const LOOK_INTERVAL_MS = 5_000;
/** Lag and no progress for this long, with nothing in hand: the client has stalled. Milliseconds. */
const STALL_MS = 30_000;
/** Started and in no group after this: the same. Milliseconds. */
const JOIN_MS = 60_000;

/**
 * Restarts a consumer that is assigned, has lag and makes no progress: kafkajs is known to stall after lost connections
 * and rebalances. Measures the lag on the way.
 */
export class Watchdog {
  #timer: NodeJS.Timeout | undefined;
  #progressAtMs = Date.now();
  #fingerprint = '';
  #measured: string[] = [];
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
    const lag = await this.#measureLag();
    const fingerprint = [...progress.positions].map(([place, offset]) => `${place}:${offset}`).join();
    const moving = lag === 0n || fingerprint !== this.#fingerprint || progress.inHand > 0 || progress.backingOff;
    this.#fingerprint = fingerprint;
    if (moving) {
      this.#progressAtMs = Date.now();
    }
    this.#reportIf(Date.now() - Math.max(this.#progressAtMs, progress.joinedAtMs) > STALL_MS, 'no progress');
  }

  #reportIf(stalled: boolean, reason: string): void {
    if (stalled) {
      this.log.error('The consumer has stalled and is restarted', { reason, group: this.consumer.group.groupId });
      this.stop();
      this.onStalled();
    }
  }

  async #measureLag(): Promise<bigint> {
    const { assigned, positions } = this.consumer.progress;
    const topics = assigned.map(({ topic }) => topic);
    const committed = await this.admin.fetchOffsets({ groupId: this.consumer.group.groupId, topics });
    const lags = new Map<string, bigint>();
    for (const { topic, partitions } of assigned) {
      const ends = new Map((await this.admin.fetchTopicOffsets(topic)).map((o) => [o.partition, o]));
      const stored = new Map(committed.find((c) => c.topic === topic)?.partitions.map((p) => [p.partition, p.offset]));
      const lag = partitions.reduce((sum, partition) => {
        const end = ends.get(partition);
        const known = positions.get(`${topic}/${partition}`) ?? BigInt(stored.get(partition) ?? -1);
        const from = known < 0n ? BigInt(end?.low ?? 0) : known;
        const behind = BigInt(end?.high ?? 0) - from;
        return sum + (behind > 0n ? behind : 0n);
      }, 0n);
      lags.set(topic, lag);
    }
    // What this consumer is not assigned any more is another one's to tell.
    this.#measured.filter((topic) => !lags.has(topic)).forEach((topic) => this.metrics.lag.remove({ topic }));
    this.#measured = [...lags.keys()];
    lags.forEach((lag, topic) => this.metrics.lag.set({ topic }, Number(lag)));
    return [...lags.values()].reduce((total, lag) => total + lag, 0n);
  }
}
