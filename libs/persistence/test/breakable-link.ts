import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of PostgreSQL whose cable a test can cut, freeze and mend. */
export class BreakableLink {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #cutsBefore: string | undefined;

  private constructor(target: URL) {
    this.#server = createServer((socket) => this.#join(socket, target));
  }

  static async open(databaseUrl: string): Promise<{ link: BreakableLink; url: string }> {
    const target = new URL(databaseUrl);
    const link = new BreakableLink(target);
    await new Promise<void>((resolve) => link.#server.listen(0, '127.0.0.1', resolve));
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((link.#server.address() as { port: number }).port);
    return { link, url: url.toString() };
  }

  /** Ends every connection and refuses new ones, like a server that died. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  mend(): void {
    this.#isCut = false;
    this.#cutsBefore = undefined;
  }

  /** Lets the next packet that holds `text` through to the server, but cuts the link before the answer. */
  cutBeforeAnswerTo(text: string): void {
    this.#cutsBefore = text;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket, target: URL): void {
    if (this.#isCut) {
      near.destroy();
      return;
    }
    const far = connect(Number(target.port || '5432'), target.hostname);
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
    near.on('data', (chunk) => {
      const isLast = this.#cutsBefore !== undefined && chunk.includes(this.#cutsBefore);
      far.write(chunk);
      if (isLast) {
        this.#isCut = true;
        near.destroySoon();
        near.destroy();
      }
    });
    far.on('data', (chunk) => near.write(chunk));
  }
}
