import type { DocumentedAnswer, PrimerCallName } from '@tollgate/primer-client';
import type { Stage } from './stage.ts';

/** One question to the server under test. */
export interface MatrixRow {
  readonly call: PrimerCallName;
  /** The case, in a few words. */
  readonly when: string;
  /** What the documents say; undefined where they are silent, and the answer is only written down. */
  readonly expected: DocumentedAnswer | undefined;
  /** Brings the case about and asks. @throws CannotPrepare where this server cannot be brought there */
  readonly ask: (stage: Stage) => Promise<Answer>;
}

/** What the server under test answered, as the client understood it and as it came. */
export interface Answer {
  /** Absent when there was no answer. */
  readonly status?: number;
  readonly errorId?: string;
  readonly description?: string;
  /** Whether the client could make sense of it. */
  readonly understood: boolean;
  /** Why there is no answer. */
  readonly trouble?: string;
  /** By the client; or by hand, where the client refuses to send such a request. */
  readonly sentBy: 'client' | 'hand';
  /** The answer's JSON, tokens left out. */
  readonly body?: unknown;
  /** What an undocumented answer taught. */
  readonly note?: string;
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

/** The server under test cannot be brought into the state that a row asks about. */
export class CannotPrepare extends Error {
  override readonly name = 'CannotPrepare';
}

/** The row's name: call, expected answer, case. */
export function nameOf({ call, expected, when }: Pick<MatrixRow, 'call' | 'expected' | 'when'>): string {
  const answer = expected === undefined ? 'undocumented' : [expected.status, expected.errorId ?? ''].join(' ').trim();
  return `${call} ${answer}: ${when}`;
}
