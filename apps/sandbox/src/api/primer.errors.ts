/** One entry of `validationErrors`: which model did not fit, and where. */
export interface PrimerValidationError {
  readonly model: string;
  readonly errors: readonly { readonly path: string; readonly description: string }[];
}

export interface PrimerErrorFields {
  readonly status: number;
  readonly errorId: string;
  readonly description: string;
  readonly recoverySuggestion?: string;
  readonly validationErrors?: readonly PrimerValidationError[];
  readonly paymentId?: string | undefined;
  readonly paymentStatus?: string | undefined;
  /** Headers of the answer beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An answer of Primer's that is not a success, in the words of its API pages. */
export class PrimerError extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Omit<PrimerErrorFields, 'status' | 'headers'>;

  constructor(fields: PrimerErrorFields) {
    super(fields.description);
    const { status, headers = {}, ...rest } = fields;
    this.status = status;
    this.headers = headers;
    this.fields = rest;
  }

  /** @param diagnosticsId what a merchant would quote to Primer's support */
  toBody(diagnosticsId: string): { readonly error: object } {
    return { error: { ...this.fields, diagnosticsId } };
  }
}

/** 401: the documents name the status but no error id. */
export function unauthorized(): PrimerError {
  return new PrimerError({
    status: 401,
    errorId: 'Unauthorized',
    description: 'The X-API-KEY header is missing or its key is not known.',
  });
}

/** 403: the documents give keys scopes and no error id for a key that lacks one. */
export function forbidden(): PrimerError {
  return new PrimerError({
    status: 403,
    errorId: 'Forbidden',
    description: 'The key in X-API-KEY lacks the scope that this call needs.',
  });
}

/** 400: the body is not JSON. */
export function badRequest(): PrimerError {
  return new PrimerError({
    status: 400,
    errorId: 'BadRequest',
    description: 'The request body could not be parsed.',
  });
}

/** 422: the request does not fit its schema. */
export function requestValidationError(validationErrors: readonly PrimerValidationError[]): PrimerError {
  return new PrimerError({
    status: 422,
    errorId: 'RequestValidationError',
    description: 'We were unable to validate your request, please check your payload against /docs/api.',
    validationErrors,
  });
}

/** 504: the documented answer to a call that took longer than 90 seconds. */
export function gatewayTimeout(): PrimerError {
  return new PrimerError({ status: 504, errorId: 'GatewayTimeout', description: 'The request took too long.' });
}

/** 500: something broke in the emulator itself. Its text stays inside. */
export function internalError(): PrimerError {
  return new PrimerError({
    status: 500,
    errorId: 'InternalServerError',
    description: 'An unexpected error occurred.',
  });
}
