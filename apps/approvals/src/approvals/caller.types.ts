/** Whoever asks for something, as far as approvals have to tell one from another. */
export interface Caller {
  /** As answers and records show them. */
  readonly name: string;
  /** Who counts as one: a person however many keys they have, a merchant however many keys it has. */
  readonly party: string;
  /** Every name they are known by, in lower case. */
  readonly aliases: readonly string[];
  /** The one merchant whose approvals they may touch; undefined: every merchant's. */
  readonly merchantId: string | undefined;
  /** The platform's key acts for every merchant. */
  readonly isPlatform: boolean;
  /** An active person of ours, signed in or truly named by the platform: not a name alone. */
  readonly isPerson: boolean;
  /** An active person whose role lets them review attempts and commands. */
  readonly isReviewer: boolean;
}
