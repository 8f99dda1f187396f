/** How a webhook misbehaves on purpose. */
export interface WebhookManner {
  /** So many of its first tries are signed with a secret that nobody has. */
  readonly badSignatureTries: number;
  /** So many of its first tries say that they were signed `staleSeconds` ago. */
  readonly staleTries: number;
  readonly staleSeconds: number;
  /** Whether retries are the first try's bytes again. */
  readonly repeatsBytes: boolean;
}

/** One try as it goes out. */
export interface WebhookLetter {
  readonly rawBody: string;
  readonly headers: Readonly<Record<string, string>>;
}
