import { KnownError } from '@tollgate/contracts';

/** Records of a partition that are waited with before it is held back, and from which on it is let go again. */
const HELD_FROM = 1_000;
const RELEASED_BELOW = 250;

/** Stops and starts the delivery of a partition. */
export interface Delivery {
  readonly hold: (partition: number) => void;
  readonly release: (partition: number) => void;
}

interface Queue<Item> {
  readonly items: Array<{ readonly item: Item; readonly atMs: number }>;
  /** How many of the items are taken already. */
  taken: number;
  isHeld: boolean;
  hasEnded: boolean;
}

/**
 * Puts the records of several partitions into one order by their instants, each partition being in order already; of
 * equal instants the lower partition goes first. What waits is bounded: who runs ahead is held back.
 */
export class PartitionMerge<Item> {
  readonly #queues: ReadonlyMap<number, Queue<Item>>;
  readonly #delivery: Delivery;
  #failure: { readonly error: unknown } | undefined;
  #news: PromiseWithResolvers<void> = Promise.withResolvers();

  constructor(partitions: readonly number[], delivery: Delivery) {
    const sorted = partitions.toSorted((a, b) => a - b);
    this.#queues = new Map(sorted.map((each) => [each, { items: [], taken: 0, isHeld: false, hasEnded: false }]));
    this.#delivery = delivery;
  }

  /** A further record of a partition. */
  add(partition: number, item: Item, atMs: number): void {
    const queue = this.#queues.get(partition)!;
    queue.items.push({ item, atMs });
    if (!queue.isHeld && waiting(queue) >= HELD_FROM) {
      queue.isHeld = true;
      this.#delivery.hold(partition);
    }
    this.#tell();
  }

  /** Nothing of the partition will follow. */
  end(partition: number): void {
    this.#queues.get(partition)!.hasEnded = true;
    this.#tell();
  }

  /** Nothing at all will follow. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#tell();
  }

  /**
   * The next records, at least one and at most `limit`; none when every partition has ended.
   * @throws KnownError BROKER_UNAVAILABLE where a partition says nothing for so long; what {@link fail} was told
   */
  async next(limit: number, silenceMaxMs: number): Promise<Item[]> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      const page = this.#take(limit);
      if (page.length > 0 || this.#isOver()) return page;
      await this.#hearNews(silenceMaxMs);
    }
  }

  #take(limit: number): Item[] {
    const page: Item[] = [];
    while (page.length < limit) {
      const earliest = this.#findEarliest();
      if (earliest === undefined) break;
      page.push(earliest.items[earliest.taken++]!.item);
    }
    for (const [partition, queue] of this.#queues) this.#releaseIfShort(partition, queue);
    return page;
  }

  /** Undefined where some partition may still bring an earlier one, and where there is none. */
  #findEarliest(): Queue<Item> | undefined {
    let earliest: Queue<Item> | undefined;
    for (const queue of this.#queues.values()) {
      const head = queue.items[queue.taken];
      if (head === undefined) {
        if (queue.hasEnded) continue;
        return undefined;
      }
      if (earliest === undefined || head.atMs < earliest.items[earliest.taken]!.atMs) earliest = queue;
    }
    return earliest;
  }

  #releaseIfShort(partition: number, queue: Queue<Item>): void {
    if (queue.taken > HELD_FROM) {
      queue.items.splice(0, queue.taken);
      queue.taken = 0;
    }
    if (queue.isHeld && !queue.hasEnded && waiting(queue) < RELEASED_BELOW) {
      queue.isHeld = false;
      this.#delivery.release(partition);
    }
  }

  #isOver(): boolean {
    return [...this.#queues.values()].every((queue) => queue.hasEnded && waiting(queue) === 0);
  }

  async #hearNews(silenceMaxMs: number): Promise<void> {
    const news = this.#news;
    const silence = setTimeout(() => {
      this.fail(new KnownError('BROKER_UNAVAILABLE', { detail: 'The broker hands over no more records' }));
    }, silenceMaxMs);
    await news.promise;
    clearTimeout(silence);
  }

  #tell(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

function waiting<Item>({ items, taken }: Queue<Item>): number {
  return items.length - taken;
}
