import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import type { Random } from '@tollgate/testing';

/** How often a piece of an answer never arrives: the provider has done what was asked, and nobody hears of it. */
const LOST_SHARE = 0.08;
const SLOW_SHARE = 0.08;
/** Longer than a third of the gateway's lease, after which it is renewed. Milliseconds. */
const SLOW_MS = 1_000;

/** Stands between the gateway and the emulator and loses or delays some of the answers. */
export class UnreliableProvider {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #target: URL | undefined;
  #isReliable = false;

  constructor(private readonly random: Random) {
    this.#server = createServer((near) => this.#join(near));
  }

  /** Listens, and resolves to the address for the gateway. Until {@link pointAt} it leads nowhere. */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  pointAt(url: string): void {
    this.#target = new URL(url);
  }

  /** From now on every answer arrives at once. */
  mend(): void {
    this.#isReliable = true;
  }

  async close(): Promise<void> {
    this.#sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#target === undefined) {
      near.destroy();
      return;
    }
    const far = connect(Number(this.#target.port), this.#target.hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => undefined);
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
    }
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => this.#answer(near, far, chunk));
  }

  #answer(near: Socket, far: Socket, chunk: Buffer): void {
    if (!this.#isReliable && this.random.chance(LOST_SHARE)) {
      near.destroy();
      return;
    }
    if (this.#isReliable || !this.random.chance(SLOW_SHARE)) {
      near.write(chunk);
      return;
    }
    far.pause();
    setTimeout(() => {
      near.write(chunk);
      far.resume();
    }, SLOW_MS);
  }
}
