import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SERVICE_LIMITS } from './connection.config.ts';
import { openDataSource } from './data-source.ts';

/** A message of PostgreSQL's protocol: its kind, its length with itself, its body. */
function message(kind: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(kind), length, body]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const TERMINATED = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

let server: Server;
beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, TERMINATED])));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

it('a connection that the server ends in the same breath as it opens it is an ordinary error, not the end of the process', async () => {
  const { port } = server.address() as AddressInfo;
  const options = {
    service: 'test',
    databaseUrl: `postgres://test@127.0.0.1:${port}/test`,
    schema: 's',
    startWaitMs: 0,
  };
  await expect(openDataSource(options, SERVICE_LIMITS, () => undefined)).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
  });
});
