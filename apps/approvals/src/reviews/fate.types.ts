/** How an attempt ended, as far as somebody else than a reviewer said so, and what became of it at Primer. */
export interface AttemptFate {
  readonly merchantId: string;
  readonly attemptId: string;
  /** A terminal decision of the shop, an operator or the deadline; kept without saying which by earlier versions. */
  readonly ended: { readonly decision?: string; readonly source: string; readonly reason: string } | null;
  readonly outcome: AttemptEnd | null;
}

/** An attempt's outcome, with the decision that was carried out. */
export interface AttemptEnd {
  readonly outcome: string;
  readonly reason: string;
  readonly source: string;
}

/** How a command ended. */
export interface CommandEnd {
  readonly merchantId: string;
  readonly commandId: string;
  readonly outcome: string;
  readonly reason: string;
}
