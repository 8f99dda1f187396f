import { KnownError } from '@tollgate/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJsonLossless } from '../json/lossless-json.ts';

/** Stands for whatever a raw route was sent, so that one parser takes it. */
const RAW_CONTENT_TYPE = 'application/vnd.tollgate.raw';

/**
 * Two parsers and no more: JSON in UTF-8, and raw bytes for the routes that ask for them. Everything else is 415.
 */
export function acceptBodies(fastify: FastifyInstance, bodyLimitBytes: number): void {
  const options = { parseAs: 'buffer', bodyLimit: bodyLimitBytes } as const;
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', options, (request, body: Buffer, done) => {
    try {
      done(null, readJson(request, body));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser(RAW_CONTENT_TYPE, options, (_request, body: Buffer, done) => done(null, body));
}

/** Makes the raw parser take this request's body, whatever it says it is, or if it says nothing. */
export function keepRawBody(request: FastifyRequest): void {
  request.raw.headers['content-type'] = RAW_CONTENT_TYPE;
}

function readJson(request: FastifyRequest, body: Buffer): unknown {
  if (request.is404) {
    // Nobody will read it: the answer is 404 whatever it says.
    return undefined;
  }
  const encoding = request.headers['content-encoding'];
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if ((encoding ?? 'identity') !== 'identity' || !/^utf-?8$/i.test(charset ?? 'utf-8')) {
    throw new KnownError('UNSUPPORTED_MEDIA_TYPE', { detail: 'JSON in UTF-8, not compressed, is expected' });
  }
  return parseJsonLossless(body);
}
