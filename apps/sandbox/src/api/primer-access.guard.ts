import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { TenantDirectory } from '../tenants/tenant.service.ts';
import { mayCall } from '../tenants/key-scope.policy.ts';
import { operationNameOf } from './operation-name.decorator.ts';
import type { PrimerCall } from './primer-call.types.ts';
import { PrimerCalls } from './primer-calls.service.ts';
import { forbidden, type PrimerError, requestValidationError, unauthorized } from './primer.errors.ts';

/** "This must be set to `2.4`": the version whose shapes the emulator speaks. */
export const API_VERSION = '2.4';

/** Stands for a caller whose key nobody knows, in the journal. */
const UNKNOWN_TENANT_ID = 'unknown';

/**
 * Primer's own authentication: the key and what it may do first, then the version, before the body is looked at. A refusal is journaled
 * like any other answer.
 */
@Injectable()
export class PrimerAccessGuard implements CanActivate {
  constructor(
    private readonly tenants: TenantDirectory,
    private readonly calls: PrimerCalls,
  ) {}

  /** @throws PrimerError 401, 403 or 422 */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const holder = this.tenants.findHolder(headerOf(request, 'x-api-key'));
    const call: PrimerCall = {
      operation: operationNameOf(context.getHandler()),
      method: request.method,
      route: (request.routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}'),
      tenantId: holder?.tenantId ?? UNKNOWN_TENANT_ID,
      params: request.params as Record<string, string>,
      query: request.query,
      body: request.body as Buffer | undefined,
      idempotencyKey: headerOf(request, 'x-idempotency-key') || undefined,
    };
    if (!holder) return this.calls.refuse(call, unauthorized());
    if (!mayCall(call.operation, holder.scopes)) await this.calls.refuse(call, forbidden());
    if (headerOf(request, 'x-api-version') !== API_VERSION) await this.calls.refuse(call, wrongVersion());
    if ((call.idempotencyKey?.length ?? 0) > IDEMPOTENCY_KEY_LENGTH_MAX) await this.calls.refuse(call, keyTooLong());
    request.primerCall = call;
    return true;
  }
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** The documents require the header without naming the error; it is answered as any other missing parameter. */
function wrongVersion(): PrimerError {
  return requestValidationError([
    {
      model: 'Headers',
      errors: [{ path: '$.X-API-VERSION', description: `Value is required and must be ${API_VERSION}` }],
    },
  ]);
}

/** No length is documented; what is stored for ever has one. */
const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

function keyTooLong(): PrimerError {
  const description = `Value must have at most ${IDEMPOTENCY_KEY_LENGTH_MAX} characters`;
  return requestValidationError([{ model: 'Headers', errors: [{ path: '$.X-Idempotency-Key', description }] }]);
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by PrimerAccessGuard on the routes of Primer's API. */
    primerCall?: PrimerCall;
  }
}
