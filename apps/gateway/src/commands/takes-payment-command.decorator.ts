import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import {
  acceptedCommandAnswer,
  acceptedCommandExample,
  KnownError,
  paymentCommandAnswer,
  paymentCommandExample,
  type Principal,
} from '@tollgate/contracts';
import {
  Answers,
  AnswersProblem,
  CountsInHand,
  parseWaitSeconds,
  type PlaceInHand,
  RequireScope,
} from '@tollgate/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { parseIdempotencyKey } from './idempotency-key.policy.ts';
import { toRequester } from './incoming-command.policy.ts';

/** What a `Prefer: wait` without a number stands for. Seconds. */
const BARE_WAIT_SECONDS = 30;

/** Who wants something done, under which id, and how long the answer may wait for the result. */
export interface CommandCaller {
  readonly merchantId: string;
  readonly commandId: string;
  /** Who may not approve it: the person to whom the key was given, else the merchant. */
  readonly requester: string;
  /** Undefined: the caller does not wait. */
  readonly waitSeconds: number | undefined;
  /** Aborted when nobody is there to read the answer any more. */
  readonly gone: AbortSignal;
  /** Called once the command is stored: a request that only waits keeps nobody out. */
  readonly onTaken: () => void;
}

/** The {@link CommandCaller} of a request. @throws KnownError MALFORMED_REQUEST without an id for the command */
export const CurrentCommandCaller = createParamDecorator((_data: unknown, context: ExecutionContext): CommandCaller => {
  const http = context.switchToHttp();
  const { headers, principal, placeInHand } = http.getRequest<
    FastifyRequest & { readonly principal: Principal | null; readonly placeInHand: PlaceInHand | null }
  >();
  if (principal?.merchantId === undefined) {
    throw new KnownError('SCOPE_MISSING');
  }
  const gone = new AbortController();
  http.getResponse<FastifyReply>().raw.once('close', () => gone.abort('gone'));
  return {
    merchantId: principal.merchantId,
    commandId: parseIdempotencyKey(toText(headers['idempotency-key'])),
    requester: toRequester(principal),
    waitSeconds: parseWaitSeconds(toText(headers['prefer']), BARE_WAIT_SECONDS),
    gone: gone.signal,
    onTaken: () => placeInHand?.leave(),
  };
});

/** What every route that takes a payment command in has in common. */
export function TakesPaymentCommand(): MethodDecorator {
  return applyDecorators(
    RequireScope('payments:write'),
    CountsInHand(),
    ApiHeader({
      name: 'Idempotency-Key',
      required: true,
      description: 'The id of this command: the same again gives the same result, with another body 409',
    }),
    ApiHeader({ name: 'Prefer', required: false, description: 'wait=N: answer with the result, within N seconds' }),
    Answers(200, paymentCommandAnswer, { description: 'The command has ended', example: paymentCommandExample }),
    Answers(202, acceptedCommandAnswer, {
      description: 'Taken in; the result follows',
      example: acceptedCommandExample,
    }),
    AnswersProblem('MALFORMED_REQUEST', 'MALFORMED_JSON', 'PAYMENT_COMMAND_CONFLICT', 'BODY_TOO_LARGE'),
    AnswersProblem('UNSUPPORTED_MEDIA_TYPE', 'VALIDATION_FAILED', 'DATABASE_UNAVAILABLE'),
  );
}

function toText(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}
