import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { eventually } from '../eventually.ts';
import { TcpProxy } from './tcp-proxy.ts';

let server: Server;
let proxy: TcpProxy;
const sockets: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.start({ target: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await proxy.close();
  server.close();
});

/** A client of the server, which sends back whatever it gets. */
async function client(): Promise<{ socket: Socket; heard: () => string; errors: string[] }> {
  const socket = connect(proxy.port, '127.0.0.1');
  sockets.push(socket);
  let heard = '';
  const errors: string[] = [];
  socket.on('data', (bytes) => (heard += bytes.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? ''));
  await once(socket, 'connect');
  return { socket, heard: () => heard, errors };
}

describe('a proxied connection', () => {
  it('carries bytes both ways, and the end', async () => {
    const { socket, heard } = await client();
    socket.end('over and out');
    await once(socket, 'close');
    expect(heard()).toBe('over and out');
    await eventually(() => expect(proxy.openCount).toBe(0));
  });

  it('keeps the order of bytes when each stretch takes another time', async () => {
    const times = [30, 1, 20, 2, 10];
    proxy.slow(() => times.pop() ?? 0);
    const { socket, heard } = await client();
    for (const letter of 'abcde') {
      socket.write(letter);
      await new Promise(setImmediate);
    }
    await eventually(() => expect(heard()).toBe('abcde'));
  });

  it('is reset for both ends', async () => {
    const { socket, errors, heard } = await client();
    socket.write('x');
    await eventually(() => expect(heard()).toBe('x'));
    expect(proxy.reset()).toBe(1);
    await eventually(() => expect(errors).toEqual(['ECONNRESET']));
    await eventually(() => expect(proxy.openCount).toBe(0));
  });

  it('that lost bytes stays dead when the network is well again, and a new one works', async () => {
    const dead = await client();
    proxy.loseBytes('toServer');
    dead.socket.write('lost');
    await eventually(() => expect(proxy.lostBytes).toBe(4));
    proxy.heal();
    const alive = await client();
    dead.socket.write('lost too');
    alive.socket.write('heard');
    await eventually(() => expect(alive.heard()).toBe('heard'));
    expect([dead.heard(), dead.errors]).toEqual(['', []]);
  });

  it('that held bytes delivers them when the network is well again', async () => {
    const { socket, heard } = await client();
    proxy.holdBytes('toClient');
    socket.write('late');
    await eventually(() => expect(sockets.at(-1)?.bytesRead ?? 0).toBe(4));
    expect(heard()).toBe('');
    proxy.heal();
    await eventually(() => expect(heard()).toBe('late'));
  });
});
