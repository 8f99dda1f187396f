import { connect } from 'node:net';
import type { Socket } from 'node:net';

export type Direction = 'toServer' | 'toClient';

/** How the network treats bytes just now. */
export type Condition =
  | { kind: 'well' }
  | { kind: 'slow'; takesMs: () => number }
  | { kind: 'losing'; direction: Direction }
  | { kind: 'holding'; direction: Direction };

/** One connection through a proxy: two sockets and what happens in between. */
export class ProxiedConnection {
  readonly #ways: readonly Way[];
  readonly #onClose: () => void;
  #open = 2;

  constructor(parts: { client: Socket; target: number; onClose: () => void; onLost: (byteCount: number) => void }) {
    const { client, target, onClose, onLost } = parts;
    this.#onClose = onClose;
    const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    this.#ways = [new Way('toServer', client, server, onLost), new Way('toClient', server, client, onLost)];
    for (const way of this.#ways) {
      // An end that failed is closed next; the other end hears of it then.
      way.from.on('error', () => undefined);
      way.from.on('close', (failed) => this.#closed(way, failed));
    }
  }

  enter(condition: Condition): void {
    for (const way of this.#ways) way.enter(condition);
    // One end has gone and the other never heard of it: in a network that is well it does, sooner or later.
    if (condition.kind === 'well' && (this.#open === 1 || this.#ways.some((way) => way.hasLostEnd))) this.reset();
  }

  reset(): void {
    for (const { from } of this.#ways) from.resetAndDestroy();
  }

  #closed(way: Way, failed: boolean): void {
    this.#open -= 1;
    if (this.#open === 0) this.#onClose();
    else if (failed) way.cut();
  }
}

/** One direction of a connection. Bytes leave in the order in which they came, each stretch when its time has come. */
class Way {
  readonly #queue: { bytes: Buffer | 'end'; dueAt: number }[] = [];
  readonly #direction: Direction;
  readonly #to: Socket;
  #condition: Condition = { kind: 'well' };
  #timer: NodeJS.Timeout | undefined;
  #hasLost = false;
  /** The sender said that it has finished, and nobody heard. */
  hasLostEnd = false;

  constructor(
    direction: Direction,
    readonly from: Socket,
    to: Socket,
    private readonly onLost: (byteCount: number) => void,
  ) {
    this.#direction = direction;
    this.#to = to;
    from.on('data', (bytes) => this.#take(bytes));
    from.on('end', () => this.#take('end'));
  }

  enter(condition: Condition): void {
    this.#condition = condition;
    if (!this.#isHolding) this.#sendDue();
  }

  /** The sender's end broke: the receiver learns of it, unless what comes from there is lost or held. */
  cut(): void {
    if (!this.#isLosing && !this.#isHolding) this.#to.resetAndDestroy();
  }

  get #isLosing(): boolean {
    return this.#hasLost || (this.#condition.kind === 'losing' && this.#condition.direction === this.#direction);
  }

  get #isHolding(): boolean {
    return this.#condition.kind === 'holding' && this.#condition.direction === this.#direction;
  }

  #take(bytes: Buffer | 'end'): void {
    if (this.#isLosing) {
      this.#hasLost = true;
      if (bytes === 'end') this.hasLostEnd = true;
      else this.onLost(bytes.length);
      return;
    }
    const last = this.#queue.at(-1)?.dueAt ?? 0;
    const takesMs = this.#condition.kind === 'slow' ? this.#condition.takesMs() : 0;
    this.#queue.push({ bytes, dueAt: Math.max(last, performance.now() + takesMs) });
    if (!this.#isHolding) this.#sendDue();
  }

  #sendDue(): void {
    clearTimeout(this.#timer);
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const waitMs = next.dueAt - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.enter(this.#condition), waitMs);
        return;
      }
      this.#queue.shift();
      if (next.bytes === 'end') this.#to.end();
      else this.#to.write(next.bytes);
    }
  }
}
