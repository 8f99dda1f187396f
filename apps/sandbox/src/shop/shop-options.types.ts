/** Where the shop's back end posts attempts, and the key it presents there. */
export interface IntakeAccess {
  readonly url: string;
  readonly apiKey: string;
}

/** What the shop needs to know; `intake` is undefined where its settings are missing. */
export class ShopOptions {
  constructor(
    /** The secret that the shop's links and sessions are signed by, derived; it is never handed out. */
    readonly operatorToken: string,
    readonly intake: IntakeAccess | undefined,
  ) {}
}
