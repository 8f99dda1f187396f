/** A rule set's document, as far as a stricter one is made from it. */
export interface WrittenRuleSet {
  readonly name: string;
  readonly description?: string;
  readonly velocity?: ReadonlyArray<Readonly<Record<string, unknown>>>;
  readonly history?: Readonly<Record<string, unknown>>;
  readonly rules: ReadonlyArray<{ readonly name: string }>;
  readonly [part: string]: unknown;
}

/** What the sample's operator would like to add: money that left may not come back, and a card may fail again. */
const RULES = [
  {
    name: 'large-order',
    description: 'More than 1000.00 in most currencies.',
    when: 'order.amountMinor > 100000',
    then: 'review',
    reason: 'review-required',
  },
  {
    name: 'card-declined-before',
    description: 'An issuer has declined a payment of this card.',
    when: 'history.cardDeclined > 0',
    then: 'abort',
    reason: 'card-refused',
  },
];
const SUFFIX = '-stricter';

/**
 * The live set with two rules more, to be tried on the sample.
 * @returns undefined where the live set has them already
 */
export function toStricter(live: WrittenRuleSet): WrittenRuleSet | undefined {
  const known = new Set(live.rules.map(({ name }) => name));
  const added = RULES.filter(({ name }) => !known.has(name));
  if (added.length === 0) return undefined;
  return {
    ...live,
    name: live.name.endsWith(SUFFIX) ? live.name : `${live.name}${SUFFIX}`,
    description: 'The live rule set with rules about large orders and cards that were declined, tried by the sample.',
    // What every new document says; a live one from before need not.
    velocity: (live.velocity ?? []).map((each) => ({ whenUnknown: 'ignore', ...each })),
    history: { card: { whenUnknown: 'review' }, customer: { whenUnknown: 'ignore' }, ...live.history },
    rules: [...live.rules, ...added],
  };
}
