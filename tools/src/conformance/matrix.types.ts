import type { PaymentStatus } from '@tollgate/contracts';
import type { DocumentedAnswer, PrimerCallName } from '@tollgate/primer-client';
import type { Answer } from './answer.types.ts';
import type { Stage } from './stage.ts';

/** One question to the server under test. */
export interface MatrixRow {
  readonly call: PrimerCallName;
  /** The case, in a few words. */
  readonly when: string;
  /** What the documents say; undefined where they are silent, and the answer is only written down. */
  readonly expected: DocumentedAnswer | undefined;
  /** The status that the documents give to the payment of a 200. */
  readonly paymentStatus?: PaymentStatus;
  /** Brings the case about and asks. @throws CannotPrepare where this server cannot be brought there */
  readonly ask: (stage: Stage) => Promise<Answer>;
}

/** A row that was gone through. */
export interface RowResult {
  readonly name: string;
  readonly call: PrimerCallName;
  readonly when: string;
  readonly expected: DocumentedAnswer | undefined;
  /**
   * `as documented`, `otherwise`; `noted` where the documents are silent; `not tried` where the case could not be
   * brought about.
   */
  readonly verdict: 'as documented' | 'otherwise' | 'noted' | 'not tried';
  readonly answer?: Answer;
  /** Why it was not tried, or what differs. */
  readonly reason?: string;
}

/** The row's name: call, expected answer, case. */
export function nameOf({ call, expected, when }: Pick<MatrixRow, 'call' | 'expected' | 'when'>): string {
  const answer = expected === undefined ? 'undocumented' : [expected.status, expected.errorId ?? ''].join(' ').trim();
  return `${call} ${answer}: ${when}`;
}
