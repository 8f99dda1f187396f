import { Agent, createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll } from '@jest/globals';
import type { Random } from '@tollgate/testing';

/** An HTTP hop that lets every request through and loses some of the answers, as a network that breaks half-way does. */
export interface ForgetfulProxy {
  readonly url: string;
  /** Where requests go; until it is set, nobody is there. */
  target: string | undefined;
  /** The share of answers that are lost, 0 to 1. */
  share: number;
  /** Answers lost so far: whatever they were to tell has happened. */
  readonly lost: number;
}

/** Starts it on a free port; it ends with the test file. */
export async function startForgetfulProxy(random: Random): Promise<ForgetfulProxy> {
  const proxy = { url: '', target: undefined as string | undefined, share: 0, lost: 0 };
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, answer) => {
    if (proxy.target === undefined) {
      incoming.socket.destroy();
      return;
    }
    passOn({ incoming, answer, target: proxy.target, agent }, () => {
      const isLost = random.chance(proxy.share);
      if (isLost) proxy.lost += 1;
      return isLost;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  return proxy;
}

/** Byte for byte, since webhooks are signed. The answer is read to its end before it is lost: all of it has happened. */
function passOn(
  hop: { incoming: IncomingMessage; answer: ServerResponse; target: string; agent: Agent },
  isLost: () => boolean,
): void {
  const { incoming, answer, target, agent } = hop;
  const { method, url, headers } = incoming;
  const outgoing = request(new URL(url ?? '/', target), { method, headers, agent }, (received) => {
    const chunks: Buffer[] = [];
    received.on('data', (chunk: Buffer) => chunks.push(chunk));
    received.on('end', () => {
      if (isLost()) {
        answer.socket?.destroy();
        return;
      }
      answer.writeHead(received.statusCode ?? 502, received.headers);
      answer.end(Buffer.concat(chunks));
    });
  });
  outgoing.on('error', () => answer.socket?.destroy());
  incoming.pipe(outgoing);
}
