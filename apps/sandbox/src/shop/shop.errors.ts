/** What the shop's back end tells its page: a status and words for the person in front of it. */
export class ShopError extends Error {
  override readonly name = 'ShopError';

  constructor(
    readonly status: 403 | 404 | 409 | 502 | 503,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

export function sessionOver(): ShopError {
  return new ShopError(403, 'The shop session is over. Open the shop by its link again.');
}

/** The request comes from another site's page, in a browser that has a session here. */
export function foreignOrigin(): ShopError {
  return new ShopError(403, 'Only the shop’s own page may do this.');
}

export function checkoutUnknown(): ShopError {
  return new ShopError(404, 'The shop does not know this checkout any more. Start another one.');
}

export function challengeOver(): ShopError {
  return new ShopError(409, 'The bank asks nothing about this payment, or has its answer.');
}

export function settingsMissing(): ShopError {
  return new ShopError(503, 'The shop has no intake to post to: its settings are missing.');
}

export function intakeUnreachable(cause: unknown): ShopError {
  return new ShopError(502, 'The shop cannot reach intake. Is it running? Paying again charges nothing twice.', cause);
}

/** @param problem what intake said, in words it shows to its callers */
export function intakeRefused(status: number, problem: string): ShopError {
  return new ShopError(502, `Intake refused the attempt (${status}): ${problem}`);
}
