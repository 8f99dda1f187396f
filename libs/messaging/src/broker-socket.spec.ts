import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSocketFactory } from './broker-socket.ts';

const HEARTBEAT = 12;
const JOIN_GROUP = 11;

let server: Server;
let answers: boolean;
const open: Socket[] = [];

beforeEach(async () => {
  answers = true;
  server = createServer((socket) => {
    open.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (request) => {
      if (answers) {
        socket.write(request);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  open.splice(0).forEach((socket) => socket.destroy());
  server.close();
});

/** A connected socket and what became of it. */
async function connected(limits: { usualMs: number; groupMs: number }) {
  const { port } = server.address() as AddressInfo;
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = createSocketFactory(limits)({ host: '127.0.0.1', port, ssl: {}, onConnect: () => resolve() });
  open.push(socket);
  const broken = new Promise<string>((tell) => {
    socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code ?? ''));
  });
  await promise;
  return { socket, broken };
}

function requestOf(kind: number): Buffer {
  const request = Buffer.alloc(8);
  request.writeInt32BE(4, 0);
  request.writeInt16BE(kind, 4);
  return request;
}

describe('a socket to the broker', () => {
  it('breaks when a request finds no answer, so that the client connects anew', async () => {
    answers = false;
    const { socket, broken } = await connected({ usualMs: 20, groupMs: 60_000 });
    socket.write(requestOf(HEARTBEAT));
    expect(await broken).toBe('ETIMEDOUT');
    expect(socket.destroyed).toBe(true);
  });

  it('does not take further requests for a sign of life', async () => {
    answers = false;
    const { socket, broken } = await connected({ usualMs: 60, groupMs: 60_000 });
    const again = setInterval(() => socket.write(requestOf(HEARTBEAT)), 5);
    expect(await broken).toBe('ETIMEDOUT');
    clearInterval(again);
  });

  it('lives on while it is answered, and while nothing is asked', async () => {
    const { socket } = await connected({ usualMs: 500, groupMs: 500 });
    for (let round = 0; round < 5; round += 1) {
      const answer = once(socket, 'data');
      socket.write(requestOf(HEARTBEAT));
      await answer;
    }
    const other = await connected({ usualMs: 600, groupMs: 600 });
    answers = false;
    other.socket.write(requestOf(HEARTBEAT));
    await other.broken;
    expect(socket.destroyed).toBe(false);
  });

  it('lets a request that waits for the whole group wait longer', async () => {
    answers = false;
    const joining = await connected({ usualMs: 10, groupMs: 60_000 });
    joining.socket.write(requestOf(JOIN_GROUP));
    const other = await connected({ usualMs: 20, groupMs: 60_000 });
    other.socket.write(requestOf(HEARTBEAT));
    expect(await other.broken).toBe('ETIMEDOUT');
    expect(joining.socket.destroyed).toBe(false);
  });

  it('breaks when the broker ends it, so that no request waits for ever', async () => {
    server.once('connection', (accepted: Socket) => accepted.end());
    const { broken } = await connected({ usualMs: 60_000, groupMs: 60_000 });
    expect(await broken).toBe('ECONNRESET');
  });

  it('ends in peace when the client has ended it', async () => {
    const { socket } = await connected({ usualMs: 60_000, groupMs: 60_000 });
    const closed = once(socket, 'close');
    socket.end();
    expect(await closed).toEqual([false]);
  });
});
