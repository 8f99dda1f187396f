/**
 * The closed list of error codes. `status` is the HTTP status the one exception filter answers with;
 * `retriable` decides what the one consumer loop does: back off and try again, or dead-letter.
 */
export const ERRORS = {
  // What a caller sent.
  MALFORMED_JSON: { status: 400, retriable: false, title: 'The body is not JSON' },
  MALFORMED_REQUEST: { status: 400, retriable: false, title: 'The request cannot be understood' },
  UNAUTHENTICATED: { status: 401, retriable: false, title: 'No valid key was presented' },
  SIGNATURE_INVALID: { status: 401, retriable: false, title: 'The signature does not fit the body' },
  SCOPE_MISSING: { status: 403, retriable: false, title: 'The key does not carry the scope this needs' },
  SIGN_IN_REFUSED: { status: 401, retriable: false, title: 'The e-mail address and the password do not fit' },
  MERCHANT_FOREIGN: { status: 403, retriable: false, title: 'The key is not of this merchant' },
  SELF_APPROVAL: { status: 403, retriable: false, title: 'Whoever asked cannot decide' },
  REVIEWER_INVOLVED: { status: 403, retriable: false, title: 'Whoever has a part in it cannot review it' },
  REVIEWER_REQUIRED: { status: 403, retriable: false, title: 'Only an active reviewer decides this' },
  MAKER_REQUIRED: { status: 403, retriable: false, title: 'Only whoever asked can recall this' },
  CROSS_SITE_REQUEST: { status: 403, retriable: false, title: 'The request does not come from a page of our own' },
  SECOND_PERSON_NEEDED: { status: 403, retriable: false, title: 'Another person has to do this' },
  NOT_FOUND: { status: 404, retriable: false, title: 'There is no such resource' },
  ATTEMPT_NOT_FOUND: { status: 404, retriable: false, title: 'No such payment attempt' },
  PAYMENT_NOT_FOUND: { status: 404, retriable: false, title: 'No such payment' },
  PAYMENT_COMMAND_NOT_FOUND: { status: 404, retriable: false, title: 'No such payment command' },
  APPROVAL_NOT_FOUND: { status: 404, retriable: false, title: 'No such approval' },
  MERCHANT_NOT_FOUND: { status: 404, retriable: false, title: 'No such merchant' },
  PERSON_NOT_FOUND: { status: 404, retriable: false, title: 'No such person' },
  INVITATION_NOT_FOUND: { status: 404, retriable: false, title: 'The invitation was used, has run out or never was' },
  KEY_NOT_FOUND: { status: 404, retriable: false, title: 'No such key' },
  BACKTEST_NOT_FOUND: { status: 404, retriable: false, title: 'No such backtest' },
  RULESET_NOT_FOUND: { status: 404, retriable: false, title: 'No such rule set' },
  METHOD_NOT_ALLOWED: { status: 405, retriable: false, title: 'This method is not allowed here' },
  ATTEMPT_CONFLICT: { status: 409, retriable: false, title: 'The attempt is known with another identity' },
  ATTEMPT_CONCLUDED: { status: 409, retriable: false, title: 'The attempt has reached its outcome already' },
  PAYMENT_COMMAND_CONFLICT: { status: 409, retriable: false, title: 'The command id is known with another body' },
  APPROVAL_ALREADY_PENDING: { status: 409, retriable: false, title: 'An approval of this is pending already' },
  APPROVAL_NOT_PENDING: { status: 409, retriable: false, title: 'The approval is not pending any more' },
  APPROVAL_EXPIRED: { status: 409, retriable: false, title: 'The time to decide is over' },
  APPROVAL_STALE: { status: 409, retriable: false, title: 'What is decided on has changed since it was shown' },
  APPROVAL_CLAIMED: { status: 409, retriable: false, title: 'Somebody else has claimed the approval' },
  APPROVAL_VOTED: { status: 409, retriable: false, title: 'This person has voted already' },
  ATTEMPT_NOT_STUCK: { status: 409, retriable: false, title: "The attempt's outcome is not for a person to find out" },
  PAYMENT_COMMAND_CONCLUDED: { status: 409, retriable: false, title: 'The payment command has ended already' },
  PAYMENT_COMMAND_NOT_STUCK: {
    status: 409,
    retriable: false,
    title: "The command's end is not for a person to find out",
  },
  CONTRADICTS_PROVIDER: { status: 409, retriable: false, title: 'The provider says otherwise' },
  PERSON_CONFLICT: { status: 409, retriable: false, title: 'Somebody has this e-mail address already' },
  LAST_ADMIN: { status: 409, retriable: false, title: 'Somebody has to remain who manages people' },
  RULESET_STATUS_CONFLICT: { status: 409, retriable: false, title: 'The rule set is not where this step starts' },
  BODY_TOO_LARGE: { status: 413, retriable: false, title: 'The body is too large' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retriable: false, title: 'This content type is not accepted' },
  VALIDATION_FAILED: { status: 422, retriable: false, title: 'The request does not fit its schema' },
  COMMAND_NOT_ALLOWED: { status: 422, retriable: false, title: 'The payment does not allow this command' },
  TOO_MANY_SIGN_INS: { status: 429, retriable: true, title: 'Too many failed attempts to sign in' },
  OVERLOADED: { status: 503, retriable: true, title: 'Too many requests in hand' },
  INTERNAL: { status: 500, retriable: false, title: 'Something went wrong on our side' },

  // What the surroundings did.
  DATABASE_UNAVAILABLE: { status: 503, retriable: true, title: 'The database cannot be reached' },
  DATABASE_CONFLICT: { status: 503, retriable: true, title: 'The database asked for another try' },
  BROKER_UNAVAILABLE: { status: 503, retriable: true, title: 'The broker cannot be reached' },
  SERVICE_UNAVAILABLE: { status: 503, retriable: true, title: 'A service that is asked for this cannot be reached' },
  SHUTTING_DOWN: { status: 503, retriable: true, title: 'The service is shutting down' },

  // What was wrong with a record on a topic.
  RECORD_NOT_JSON: { status: 500, retriable: false, title: 'The record is not JSON' },
  RECORD_ENVELOPE_INVALID: { status: 500, retriable: false, title: 'The record has no valid CloudEvents headers' },
  RECORD_SCHEMA_INVALID: { status: 500, retriable: false, title: 'The record does not fit its schema' },
  RECORD_KEY_INVALID: { status: 500, retriable: false, title: 'The record has no key, or not the one of its data' },
  RECORD_TOO_DEEP: { status: 500, retriable: false, title: 'The record is nested too deeply' },
  RECORD_KILLS_PROCESS: { status: 500, retriable: false, title: 'The process died each time it handled the record' },
  EVENT_TYPE_UNKNOWN: { status: 500, retriable: false, title: 'Nobody here handles this event type' },
  EVENT_ID_CONFLICT: { status: 500, retriable: false, title: 'The event id is known with another payload or time' },
  EVENT_TIME_REFUSED: {
    status: 500,
    retriable: false,
    title: 'The event is older, or newer, than the inbox can tell apart',
  },
  HANDLER_FAILED: { status: 500, retriable: false, title: 'The handler failed on this record' },
  MERCHANT_UNKNOWN: { status: 500, retriable: false, title: 'The record names an unknown merchant' },

  // What the provider answered, or did not.
  PROVIDER_REFUSED: { status: 502, retriable: false, title: 'The provider refused the call' },
  PROVIDER_UNAVAILABLE: { status: 503, retriable: true, title: 'The provider cannot be reached' },
  PAYMENT_NOT_READABLE: { status: 503, retriable: true, title: 'The payment cannot be looked at right now' },
  PROVIDER_ANSWER_UNKNOWN: { status: 502, retriable: false, title: 'The provider answered something not understood' },
  WEBHOOK_NOT_UNDERSTOOD: { status: 422, retriable: false, title: 'The webhook is signed but of no known shape' },
  WEBHOOK_STALE: { status: 422, retriable: false, title: 'The webhook was signed too long ago' },
  ENTRY_UNBALANCED: { status: 500, retriable: false, title: 'A journal entry does not sum to zero' },
  RULESET_UNAVAILABLE: { status: 503, retriable: true, title: 'The rule set that decides cannot be read' },
  BACKTEST_TOO_LARGE: { status: 422, retriable: false, title: 'The backtest needs more memory than it may have' },
  RULESET_INVALID: { status: 422, retriable: false, title: 'The rule set cannot be used' },
} as const satisfies Record<string, { status: number; retriable: boolean; title: string }>;

/** One of the closed list of error codes. */
export type ErrorCode = keyof typeof ERRORS;

/** Facts that may be shown to whoever gets the error: never a secret, a token or a card number. */
export type ErrorFacts = Readonly<Record<string, unknown>>;

/**
 * The one error that the core throws on purpose. Transport-free: a filter maps `code` to an HTTP status,
 * the consumer loop maps `retriable` to back-off or dead letter. Wrap at each border with `cause`.
 */
export class KnownError extends Error {
  override readonly name = 'KnownError';
  readonly code: ErrorCode;
  readonly retriable: boolean;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, options: { detail?: string; facts?: ErrorFacts; cause?: unknown } = {}) {
    super(options.detail ?? ERRORS[code].title, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retriable = ERRORS[code].retriable;
    this.facts = options.facts ?? {};
  }
}

/** True for a {@link KnownError} that a later try may get past. */
export function isRetriable(error: unknown): boolean {
  return error instanceof KnownError && error.retriable;
}
