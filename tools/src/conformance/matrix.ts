import { ATTEMPT_ROWS } from './attempt-rows.ts';
import { GENERAL_ROWS } from './general-rows.ts';
import type { DocumentedAnswer } from '@tollgate/primer-client';
import { type Answer, CannotPrepare } from './answer.types.ts';
import { type MatrixRow, nameOf, type RowResult } from './matrix.types.ts';
import { OPEN_QUESTIONS } from './open-questions.ts';
import { OPERATION_ROWS } from './operation-rows.ts';
import { PAYMENT_ROWS } from './payment-rows.ts';
import { SESSION_ROWS } from './session-rows.ts';
import type { Stage } from './stage.ts';
import { WEBHOOK_QUESTIONS } from './webhook-questions.ts';

/** Every documented answer of every call, and the questions that the documents leave open. */
export const MATRIX: readonly MatrixRow[] = [
  ...SESSION_ROWS,
  ...ATTEMPT_ROWS,
  ...PAYMENT_ROWS,
  ...OPERATION_ROWS,
  ...GENERAL_ROWS,
  ...OPEN_QUESTIONS,
  ...WEBHOOK_QUESTIONS,
];

/** Goes through one row; whatever cannot be brought about is `not tried`. */
export async function goThrough(row: MatrixRow, stage: Stage): Promise<RowResult> {
  const { call, when, expected } = row;
  const about = { name: nameOf(row), call, when, expected };
  try {
    const answer = await row.ask(stage);
    if (expected === undefined) {
      return { ...about, verdict: 'noted', answer };
    }
    const reason = findDifference(expected, answer, row.paymentStatus);
    return {
      ...about,
      answer,
      ...(reason === undefined ? { verdict: 'as documented' } : { verdict: 'otherwise', reason }),
    };
  } catch (error) {
    if (error instanceof CannotPrepare) {
      return { ...about, verdict: 'not tried', reason: error.message };
    }
    throw error;
  }
}

function findDifference(
  expected: DocumentedAnswer,
  answer: Answer,
  paymentStatus: string | undefined,
): string | undefined {
  if (answer.status !== expected.status) {
    return `answered ${answer.status ?? answer.trouble ?? 'nothing'}`;
  }
  if (expected.errorId !== undefined && answer.errorId !== expected.errorId) {
    return `answered ${answer.errorId ?? 'without an error id'}`;
  }
  if (!answer.understood) {
    return 'not in the documented form';
  }
  const { status } = (answer.body ?? {}) as { readonly status?: string };
  return paymentStatus === undefined || status === paymentStatus
    ? undefined
    : `the payment is ${status ?? 'without a status'}, not ${paymentStatus}`;
}
