/** Fields that let somebody pay, or read what a shopper typed. */
const SECRET = /token|cardholder|email|firstName|lastName|address/i;

/**
 * A copy that a report may show: what pays or names a person is left out, and integers beyond 2^53−1 become text.
 * `cardTokenType` and the like are words, not tokens.
 */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutSecrets);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [
        name,
        typeof entry === 'string' && SECRET.test(name) && !name.endsWith('Type') && !name.endsWith('Date')
          ? '…'
          : withoutSecrets(entry),
      ]),
    );
  }
  return typeof value === 'bigint' ? value.toString() : value;
}
