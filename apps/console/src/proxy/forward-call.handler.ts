import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findProxiedCall } from './proxied-routes.policy.ts';
import { ServicesClient } from './services.client.ts';

/** What of a service's answer the page is told, beside its body. */
const PASSED_HEADERS = ['content-type', 'retry-after', 'allow'] as const;

/** Hands one call of the page to its service in the person's name, and the answer back as it comes, streams too. */
@Injectable()
export class ForwardCallHandler {
  constructor(private readonly services: ServicesClient) {}

  /**
   * @param url below the console's own prefix
   * @throws KnownError NOT_FOUND for what is not on the list, SERVICE_UNAVAILABLE
   */
  async forward(request: FastifyRequest, reply: FastifyReply, { url, secret }: ForwardedCall): Promise<void> {
    const call = findProxiedCall(request.method, url);
    if (call === undefined) throw new KnownError('NOT_FOUND');
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const { body } = request;
    const answer = await this.services.ask({
      ...call,
      method: request.method,
      secret,
      gone: gone.signal,
      ...(request.headers.accept === undefined ? {} : { accept: request.headers.accept }),
      ...(Buffer.isBuffer(body) && body.length > 0 ? { body } : {}),
    });
    void reply.code(answer.status);
    for (const name of PASSED_HEADERS) {
      const value = answer.headers.get(name);
      if (value !== null) void reply.header(name, value);
    }
    await reply.send(answer.body === null ? null : toReadable(answer.body));
  }
}

export interface ForwardedCall {
  readonly url: string;
  readonly secret: string;
}

/** When the browser has gone, or the service stops, a stream ends in the middle: that is nobody's error. */
function toReadable(body: ReadableStream<Uint8Array>): Readable {
  const readable = Readable.fromWeb(body);
  readable.on('error', () => readable.destroy());
  return readable;
}
