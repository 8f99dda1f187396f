import { connect, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** Request kinds (Kafka's API keys) that the broker answers only when the whole group has come. */
const WAITS_FOR_GROUP: ReadonlySet<number> = new Set([
  11, // JoinGroup
  14, // SyncGroup
]);
/** A request begins with its length in four bytes; its kind follows in two. */
const KIND_OFFSET = 4;
/** From now and then a packet the other end's kernel tells that it still knows the connection. Milliseconds. */
const KEEP_ALIVE_MS = 10_000;

/** How long an answer may take. Milliseconds. */
export interface AnswerLimits {
  readonly usualMs: number;
  /** Of a request that waits for the members of a group. */
  readonly groupMs: number;
}

/**
 * Makes sockets for kafkajs that give a silent broker up. When a request times out, kafkajs sends it again on the same
 * connection: one that has died unnoticed (a firewall that forgot it, a machine that vanished) would serve every
 * further try, until the kernel gives it up after a quarter of an hour. Here it breaks, and kafkajs connects anew.
 */
export function createSocketFactory(limits: AnswerLimits): ISocketFactory {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
    socket.once('connect', onConnect);
    breakWhenSilent(socket, limits);
    breakWhenEnded(socket);
    return socket;
  };
}

/** Destroys the socket when nothing at all has come for as long as the answer to a request may take. */
function breakWhenSilent(socket: Socket, { usualMs, groupMs }: AnswerLimits): void {
  let silence: NodeJS.Timeout | undefined;
  const hear = (): void => {
    clearTimeout(silence);
    silence = undefined;
  };
  const write = socket.write.bind(socket) as (...parts: unknown[]) => boolean;
  socket.write = (...parts: unknown[]): boolean => {
    const waitMs = WAITS_FOR_GROUP.has(kindOf(parts[0])) ? groupMs : usualMs;
    silence ??= setTimeout(() => {
      socket.destroy(socketError('ETIMEDOUT', `nothing was heard for ${waitMs} ms after a request`));
    }, waitMs);
    return write(...parts);
  };
  socket.on('data', hear).once('close', hear);
}

/**
 * An end that the broker makes is an error. While kafkajs disconnects it takes a plain end for the answer to its own,
 * leaves the requests under way without an answer, and waits for them for ever.
 */
function breakWhenEnded(socket: Socket): void {
  // Before Node's own listener, which ends this side too.
  socket.prependOnceListener('end', () => {
    if (!socket.writableEnded) {
      socket.destroy(socketError('ECONNRESET', 'the broker has closed the connection'));
    }
  });
}

function socketError(code: string, text: string): Error {
  return Object.assign(new Error(text), { code });
}

function kindOf(request: unknown): number {
  return Buffer.isBuffer(request) && request.length >= KIND_OFFSET + 2 ? request.readInt16BE(KIND_OFFSET) : -1;
}
