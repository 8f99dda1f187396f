/** Whom the overview asks, and with which token. Also the injection token. */
export abstract class WatchSettings {
  /** By service. */
  abstract readonly origins: Readonly<Record<string, string>>;
  abstract readonly operatorToken: string;
}
