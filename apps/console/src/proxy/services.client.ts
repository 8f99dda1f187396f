import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { currentTraceparent, ServiceLifetime } from '@tollgate/platform';
import type { ProxiedCall } from './proxied-routes.policy.ts';
import { ServiceAddresses } from './service-addresses.types.ts';

/** A service that has not begun to answer by then is told to the page as away. */
const ANSWER_BEGINS_WITHIN_MS = 15_000;

export interface ServiceRequest extends ProxiedCall {
  readonly method: string;
  /** The secret of the person's session: the service looks up whose it is and what that person may do. */
  readonly secret: string;
  readonly accept?: string;
  readonly body?: Buffer;
  /** Aborted when the browser has gone. */
  readonly gone: AbortSignal;
}

/** Asks the services in a person's name. */
@Injectable()
export class ServicesClient {
  constructor(
    private readonly addresses: ServiceAddresses,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /**
   * Resolves when the service has begun to answer, whatever its status.
   * @throws KnownError SERVICE_UNAVAILABLE when it cannot be reached or says nothing
   */
  async ask({ service, target, method, secret, accept, body, gone }: ServiceRequest): Promise<Response> {
    const late = new AbortController();
    const patience = setTimeout(() => late.abort(), ANSWER_BEGINS_WITHIN_MS);
    const traceparent = currentTraceparent();
    try {
      return await fetch(`${this.addresses.of[service]}${target}`, {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          accept: accept ?? 'application/json',
          ...(traceparent === undefined ? {} : { traceparent }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        redirect: 'manual',
        signal: AbortSignal.any([late.signal, gone, this.lifetime.stopping]),
      });
    } catch (cause) {
      throw new KnownError('SERVICE_UNAVAILABLE', { facts: { service }, cause });
    } finally {
      clearTimeout(patience);
    }
  }
}
