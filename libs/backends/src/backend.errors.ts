/** What can keep a backend from running; each code has one remedy, named in the error's `advice`. */
export type BackendErrorCode =
  | 'PORT_TAKEN'
  | 'JAVA_MISSING'
  | 'MAVEN_MISSING'
  | 'KAFKA_JARS_UNRESOLVED'
  | 'POSTGRES_BINARIES_MISSING'
  | 'NO_UNPRIVILEGED_ACCOUNT'
  | 'BACKEND_DID_NOT_START'
  | 'ADDRESS_UNREACHABLE'
  | 'NO_BACKEND';

/**
 * A failure that a person can repair. `message` says what happened, `advice` what to do about it, `detail`
 * (often the tail of a log) why.
 */
export class BackendError extends Error {
  readonly code: BackendErrorCode;
  readonly advice: string;
  readonly detail?: string;

  constructor(
    code: BackendErrorCode,
    message: string,
    { advice, detail, cause }: { advice: string; detail?: string; cause?: unknown },
  ) {
    super(message, { cause });
    this.name = 'BackendError';
    this.code = code;
    this.advice = advice;
    if (detail !== undefined && detail !== '') this.detail = detail;
  }
}
