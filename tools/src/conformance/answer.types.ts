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
  /** The server was told to answer this: it proves how the client reads it, not when the server says it. */
  readonly isForced?: true;
  /** The answer's JSON, tokens left out. */
  readonly body?: unknown;
  /** What an undocumented answer taught. */
  readonly note?: string;
}

/** The server under test cannot be brought into the state that a row asks about. */
export class CannotPrepare extends Error {
  override readonly name = 'CannotPrepare';
}
