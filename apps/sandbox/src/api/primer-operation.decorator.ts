import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  HttpCode,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OpenRoute, RawBodyRoute } from '@tollgate/platform';
import type { FastifyRequest } from 'fastify';
import { OperationName } from './operation-name.decorator.ts';
import { PrimerAccessGuard } from './primer-access.guard.ts';
import type { PrimerCall } from './primer-call.types.ts';
import { PrimerErrorFilter } from './primer-error.filter.ts';
import {
  badRequest,
  forbidden,
  gatewayTimeout,
  type PrimerError,
  requestValidationError,
  unauthorized,
} from './primer.errors.ts';

/**
 * A route of Primer's API: Primer's own key and version headers, Primer's error envelope, always 200 on success. The
 * body is taken as raw bytes, because Primer, not the framework, says what is wrong with it.
 *
 * @param operation the provider's name of the call, used in the journal
 * @param options.refusals documented errors beside those that every route has
 */
export function PrimerOperation(
  operation: string,
  options: { readonly summary: string; readonly tag: string; readonly refusals?: readonly PrimerError[] },
): MethodDecorator {
  const refusals = [
    unauthorized(),
    forbidden(),
    badRequest(),
    requestValidationError([]),
    ...(options.refusals ?? []),
    gatewayTimeout(),
  ];
  return applyDecorators(
    OperationName(operation),
    OpenRoute('Primer has its own key header, checked by PrimerAccessGuard'),
    RawBodyRoute(),
    HttpCode(200),
    UseGuards(PrimerAccessGuard),
    UseFilters(PrimerErrorFilter),
    ApiTags(options.tag),
    ApiOperation({ operationId: operation, summary: options.summary }),
    ApiHeader({ name: 'X-API-KEY', required: true, schema: { type: 'string' } }),
    ApiHeader({ name: 'X-API-VERSION', required: true, schema: { type: 'string', example: '2.4' } }),
    ...documentRefusals(refusals),
  );
}

/** The accepted call, for a handler's parameter. */
export const CurrentCall = createParamDecorator((_data: unknown, context: ExecutionContext): PrimerCall => {
  const { primerCall } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!primerCall) throw new Error('@CurrentCall needs @PrimerOperation on the route.');
  return primerCall;
});

function documentRefusals(refusals: readonly PrimerError[]): MethodDecorator[] {
  return [...Map.groupBy(refusals, (refusal) => refusal.status)].map(([status, ofStatus]) =>
    ApiResponse({
      status,
      description: [...new Set(ofStatus.map((refusal) => refusal.fields.errorId))].join(', '),
      content: {
        'application/json': {
          schema: ERROR_ENVELOPE,
          examples: Object.fromEntries(
            ofStatus.map((refusal) => [
              refusal.fields.errorId,
              { summary: refusal.fields.description, value: refusal.toBody('1234567898') },
            ]),
          ),
        },
      },
    }),
  );
}

const ERROR_ENVELOPE = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['errorId', 'description'],
      properties: {
        errorId: { type: 'string' },
        description: { type: 'string' },
        recoverySuggestion: { type: 'string' },
        diagnosticsId: { type: 'string' },
        validationErrors: { type: 'array', items: { type: 'object' } },
        paymentId: { type: 'string' },
        paymentStatus: { type: 'string' },
      },
    },
  },
};
