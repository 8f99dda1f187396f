import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { ProxiedConnection } from './proxied-connection.ts';
import type { Condition, Direction } from './proxied-connection.ts';

/** A network that is well. */
const WELL: Condition = { kind: 'well' };

/**
 * A stretch of network between a client and a server on this machine, which a test can make slow, cut, or leave half
 * open.
 */
export class TcpProxy {
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  #condition: Condition = WELL;
  #lostBytes = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a port of 127.0.0.1 (a given one or any) and hands each connection on to `target`, another port of it. */
  static async start({ target, port = 0 }: { target: number; port?: number }): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new TcpProxy(server);
    server.on('connection', (client) => proxy.#accept(client, target));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that are open now. */
  get openCount(): number {
    return this.#connections.size;
  }

  /** Bytes that vanished so far. */
  get lostBytes(): number {
    return this.#lostBytes;
  }

  /**
   * Every stretch of bytes takes its time, both ways; their order is kept.
   * @param takesMs asked for each stretch. Milliseconds
   */
  slow(takesMs: () => number): void {
    this.#set({ kind: 'slow', takesMs });
  }

  /** Cuts every open connection as a crashed router would (RST to both ends). @returns how many there were */
  reset(): number {
    const cut = [...this.#connections];
    for (const connection of cut) connection.reset();
    return cut.length;
  }

  /**
   * What is sent in this direction vanishes, while both ends believe in their connection. A connection that lost bytes
   * so stays dead after `heal`, as behind a firewall that forgot it; new ones work then.
   */
  loseBytes(direction: Direction): void {
    this.#set({ kind: 'losing', direction });
  }

  /** What is sent in this direction waits, and arrives after `heal`: a cable pulled for a moment. */
  holdBytes(direction: Direction): void {
    this.#set({ kind: 'holding', direction });
  }

  /** Bytes flow again, on every connection that has lost none. */
  heal(): void {
    this.#set(WELL);
  }

  /** Cuts what is open and listens no more. */
  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #set(condition: Condition): void {
    this.#condition = condition;
    for (const connection of this.#connections) connection.enter(condition);
  }

  #accept(client: Socket, target: number): void {
    const connection = new ProxiedConnection({
      client,
      target,
      onClose: () => this.#connections.delete(connection),
      onLost: (byteCount) => (this.#lostBytes += byteCount),
    });
    this.#connections.add(connection);
    connection.enter(this.#condition);
  }
}
