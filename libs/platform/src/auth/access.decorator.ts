import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { KnownError, type Principal, type Scope } from '@tollgate/contracts';
import type { FastifyRequest } from 'fastify';
import { AnswersProblem } from '../http/answers.decorator.ts';
import type { PlaceInHand } from '../http/requests-in-hand.ts';
import { addRouteConfig } from '../http/route-access.ts';

/**
 * Opens a route to keys that carry one of the scopes. Checked when the request line and headers are there: before
 * content type, body and existence.
 */
export function RequireScope(scope: Scope, ...orOneOf: readonly Scope[]): MethodDecorator {
  return applyDecorators(
    addRouteConfig({ access: { anyOf: [scope, ...orOneOf] } }),
    ApiBearerAuth(),
    AnswersProblem('UNAUTHENTICATED', 'SCOPE_MISSING'),
  );
}

/**
 * Opens a route to everybody.
 * @param reason why no key is asked for; read by reviewers only
 */
export function OpenRoute(reason: string): MethodDecorator {
  return addRouteConfig({ access: { open: reason } });
}

/**
 * Keeps the body as the bytes that arrived (`@Body() bytes: Buffer`): any content type, none at all, any bytes.
 * For signed webhooks, whose signature covers the exact bytes. The body limit holds all the same.
 */
export function RawBodyRoute(): MethodDecorator {
  return addRouteConfig({ rawBody: true });
}

/**
 * Counts this route's requests against the service's limit of requests in hand: beyond it they are refused with 503 and
 * `Retry-After`, before their body is read. An operator's requests are never refused.
 */
export function CountsInHand(): MethodDecorator {
  return applyDecorators(addRouteConfig({ countsInHand: true }), AnswersProblem('OVERLOADED'));
}

/** The request's place among those in hand, of a route that {@link CountsInHand}; null for an operator's. */
export const CurrentPlaceInHand = createParamDecorator(
  (_data: unknown, context: ExecutionContext): PlaceInHand | null =>
    context.switchToHttp().getRequest<FastifyRequest>().placeInHand,
);

/** The secret of the caller's session, for asking other services in its name; null for a caller with a key. */
export const CurrentSessionSecret = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | null =>
    context.switchToHttp().getRequest<FastifyRequest>().sessionSecret,
);

/** The {@link Principal} behind the request's key. An open route has none: asking there is a programming error. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (principal === null) {
    throw new KnownError('INTERNAL', { detail: 'An open route has no principal' });
  }
  return principal;
});
