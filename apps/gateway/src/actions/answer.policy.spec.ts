import { describe, expect, it } from '@jest/globals';
import { ABORT_ANSWERS, FENCE_ANSWERS, reactToAbort, reactToFence } from './abort-answer.policy.ts';
import type { CallResult, Reaction } from './answer.types.ts';
import { APPROVE_ANSWERS, reactToApprove } from './approve-answer.policy.ts';

const ok: CallResult = { kind: 'answered', status: 200, understood: true, paymentId: 'p' };
const unreadable: CallResult = { kind: 'answered', status: 200, understood: false };
const notSent: CallResult = { kind: 'notSent', reason: 'connect-failed' };
const timedOut: CallResult = { kind: 'unknown', reason: 'call-timeout' };
const gatewayTimeout: CallResult = { kind: 'unknown', reason: 'server-error', status: 504 };
const transition = answer(409, 'InvalidPaymentAttemptTransition');
const duplicate = answer(409, 'IdempotencyKeyAlreadyExists');
const expired = answer(410, 'PaymentAttemptExpired');
const missing = answer(404, 'PaymentAttemptNotFound');

function answer(status: number, errorId?: string): CallResult {
  return { kind: 'answered', status, understood: errorId !== undefined, ...(errorId === undefined ? {} : { errorId }) };
}

/** A reaction in a few words: what it does, what it ends in, what it raises. */
function told(reaction: Reaction): string {
  const parts: string[] = [reaction.kind];
  if (reaction.kind === 'conclude') parts.push(reaction.outcome);
  if (reaction.kind === 'find') parts.push(`none: ${reaction.ifNotFound}`);
  if (reaction.kind === 'retry-thrice') parts.push(told(reaction.then));
  if (reaction.pauseMerchant === true) parts.push('pause');
  if (reaction.incident !== undefined) parts.push(reaction.incident);
  return parts.join(' · ');
}

type Given = readonly [title: string, call: CallResult, first: string, repeated: string];

/** What no table says anything of its own about. */
const shared: readonly Given[] = [
  ['401', answer(401), 'retry · pause · KEY_REFUSED', 'retry · pause · KEY_REFUSED'],
  ['403', answer(403), 'retry · pause · KEY_REFUSED', 'retry · pause · KEY_REFUSED'],
  ['429', answer(429), 'retry', 'retry'],
  ['nothing sent', notSent, 'retry', 'retry'],
  ['a time-out', timedOut, 'unknown', 'unknown'],
  ['504', gatewayTimeout, 'unknown', 'unknown'],
  ['200 about something else', unreadable, 'unknown · ANSWER_NOT_UNDERSTOOD', 'unknown · ANSWER_NOT_UNDERSTOOD'],
  ['302', answer(302), 'unknown · ANSWER_NOT_UNDERSTOOD', 'unknown · ANSWER_NOT_UNDERSTOOD'],
  [
    '409 of an unknown kind',
    answer(409, 'Novel'),
    'unknown · ANSWER_NOT_UNDERSTOOD',
    'unknown · ANSWER_NOT_UNDERSTOOD',
  ],
  ['410 of a retired API version', answer(410), 'unknown · ANSWER_NOT_UNDERSTOOD', 'unknown · ANSWER_NOT_UNDERSTOOD'],
  ['404 of a proxy', answer(404), 'unknown · ANSWER_NOT_UNDERSTOOD', 'unknown · ANSWER_NOT_UNDERSTOOD'],
  ['400 of a proxy', answer(400), 'unknown · ANSWER_NOT_UNDERSTOOD', 'unknown · ANSWER_NOT_UNDERSTOOD'],
  ['422 of a proxy', answer(422), 'unknown · ANSWER_NOT_UNDERSTOOD', 'unknown · ANSWER_NOT_UNDERSTOOD'],
];

describe('what an approve is answered with', () => {
  const given: readonly Given[] = [
    ['200', ok, 'approved', 'approved'],
    ['409 IdempotencyKeyAlreadyExists', duplicate, 'approved · FOREIGN_APPROVE', 'approved'],
    ['409 InvalidPaymentAttemptTransition', transition, 'conclude · REJECTED', 'find · none: REJECTED'],
    ['409 ClientSessionNotManual', answer(409, 'ClientSessionNotManual'), 'conclude · REJECTED', 'conclude · REJECTED'],
    ['410 PaymentAttemptExpired', expired, 'conclude · EXPIRED', 'find · none: EXPIRED'],
    [
      '404 PaymentAttemptNotFound',
      missing,
      'retry-thrice · conclude · REJECTED',
      'retry-thrice · find · none: REJECTED',
    ],
    [
      '400',
      answer(400, 'BadRequest'),
      'conclude · REJECTED · REQUEST_REFUSED',
      'find · none: REJECTED · REQUEST_REFUSED',
    ],
    [
      '422',
      answer(422, 'RequestValidationError'),
      'conclude · REJECTED · REQUEST_REFUSED',
      'find · none: REJECTED · REQUEST_REFUSED',
    ],
    ...shared,
  ];

  it.each(given)('%s leads to its reaction, on a first call and on a repeated one', (_title, call, first, repeated) => {
    expect([told(reactToApprove(call, false)), told(reactToApprove(call, true))]).toEqual([first, repeated]);
  });
});

describe('what an abort is answered with', () => {
  const given: readonly Given[] = [
    ['200', ok, 'conclude · ABORTED', 'conclude · ABORTED'],
    ['409 InvalidPaymentAttemptTransition', transition, 'find · none: REJECTED', 'find · none: ABORTED'],
    ['410 PaymentAttemptExpired', expired, 'conclude · EXPIRED', 'conclude · EXPIRED'],
    ['404 PaymentAttemptNotFound', missing, 'retry-thrice · conclude · REJECTED', 'retry-thrice · conclude · REJECTED'],
    [
      '400',
      answer(400, 'BadRequest'),
      'conclude · REJECTED · REQUEST_REFUSED',
      'conclude · REJECTED · REQUEST_REFUSED',
    ],
    [
      '422',
      answer(422, 'RequestValidationError'),
      'conclude · REJECTED · REQUEST_REFUSED',
      'conclude · REJECTED · REQUEST_REFUSED',
    ],
    ...shared,
  ];

  it.each(given)('%s leads to its reaction, on a first call and on a repeated one', (_title, call, first, repeated) => {
    expect([told(reactToAbort(call, false)), told(reactToAbort(call, true))]).toEqual([first, repeated]);
  });
});

describe('what a fence is answered with', () => {
  const given: readonly Given[] = [
    ['200', ok, 'conclude · ABORTED', 'conclude · ABORTED'],
    ['409 InvalidPaymentAttemptTransition', transition, 'find · none: KEEP_LOOKING', 'find · none: ABORTED'],
    ['410 PaymentAttemptExpired', expired, 'find · none: EXPIRED', 'find · none: EXPIRED'],
    [
      '404 PaymentAttemptNotFound',
      missing,
      'retry-thrice · find · none: REJECTED',
      'retry-thrice · find · none: REJECTED',
    ],
    [
      '400',
      answer(400, 'BadRequest'),
      'find · none: KEEP_LOOKING · REQUEST_REFUSED',
      'find · none: KEEP_LOOKING · REQUEST_REFUSED',
    ],
    [
      '422',
      answer(422, 'RequestValidationError'),
      'find · none: KEEP_LOOKING · REQUEST_REFUSED',
      'find · none: KEEP_LOOKING · REQUEST_REFUSED',
    ],
    ...shared,
  ];

  it.each(given)('%s leads to its reaction, on a first call and on a repeated one', (_title, call, first, repeated) => {
    expect([told(reactToFence(call, false)), told(reactToFence(call, true))]).toEqual([first, repeated]);
  });
});

describe('the tables', () => {
  it.each([
    ['approve', APPROVE_ANSWERS],
    ['abort', ABORT_ANSWERS],
    ['fence', FENCE_ANSWERS],
  ])('of %s name each answer once and end in "anything else"', (_name, table) => {
    const names = table.map((row) => row.answer);
    expect(new Set(names).size).toBe(names.length);
    expect(names.at(-1)).toBe('anything else');
  });
});
