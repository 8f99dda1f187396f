import { toExpectedBooks } from './provider-books.ts';
import type { Books, Posting, Violation, World } from './world.types.ts';

/** What is looked at: the provider's record and the books. */
type BookWorld = Pick<World, 'provider' | 'books'>;

/** I5, I6 and I7: the books against the webhooks, against themselves, and against the provider's own record. */
export function violationsOfBooks(world: BookWorld): Violation[] {
  return [...webhooksLost(world), ...statusesBehind(world), ...unbalanced(world), ...otherThanProvider(world)];
}

/** I5: every webhook that was answered 2xx is stored. */
function webhooksLost({ provider, books }: BookWorld): Violation[] {
  const stored = new Map(books.storedWebhooks.map(({ paymentId, count }) => [paymentId, count]));
  const delivered = new Map<string, number>();
  for (const { paymentId } of provider.deliveredWebhooks) delivered.set(paymentId, (delivered.get(paymentId) ?? 0) + 1);
  return [...delivered].flatMap(([paymentId, count]): Violation[] => {
    const kept = stored.get(paymentId) ?? 0;
    if (kept >= count) return [];
    return [
      { invariant: 'I5', subject: paymentId, problem: `${count} webhooks were answered 2xx, ${kept} are stored` },
    ];
  });
}

/** I5: the newest status of every payment is in the books. */
function statusesBehind({ provider, books }: BookWorld): Violation[] {
  const booked = new Map(books.payments.map(({ paymentId, status }) => [paymentId, status]));
  return provider.payments
    .filter(({ paymentId, status }) => booked.get(paymentId) !== status)
    .map(({ paymentId, status }): Violation => {
      const problem = `is ${status} at the provider and ${booked.get(paymentId) ?? 'unknown'} in the books`;
      return { invariant: 'I5', subject: paymentId, problem };
    });
}

/** I6: postings sum to zero per entry, currency and layer; cached balances equal the fold of the postings. */
function unbalanced({ books }: BookWorld): Violation[] {
  const entries = sumBy(books.postings, ({ entryId, currency, layer }) => `entry ${entryId} ${currency} ${layer}`);
  const folds = foldBalances(books);
  const cached = new Map(books.balances.map((each) => [accountKey(each), each.balanceMinor]));
  const accounts = new Set([...folds.keys(), ...cached.keys()]);
  const violation = (subject: string, problem: string): Violation => ({ invariant: 'I6', subject, problem });
  return [
    ...[...entries]
      .filter(([, sum]) => sum !== 0n)
      .map(([entry, sum]) => violation(entry, `sums to ${sum}, not to zero`)),
    ...[...accounts]
      .filter((account) => (folds.get(account) ?? 0n) !== (cached.get(account) ?? 0n))
      .map((account) =>
        violation(account, `is cached as ${cached.get(account) ?? 0n}, its postings are ${folds.get(account) ?? 0n}`),
      ),
  ];
}

/** I7: what the books hold for each payment, account by account, is what the provider's record says. */
function otherThanProvider({ provider, books }: BookWorld): Violation[] {
  const postings = Map.groupBy(books.postings, ({ paymentId, currency }) => `${paymentId} ${currency}`);
  const payments = new Map(provider.payments.map((each) => [`${each.paymentId} ${each.currency}`, each]));
  return [...new Set([...postings.keys(), ...payments.keys()])].flatMap((name) => {
    const held = sumBy(postings.get(name) ?? [], ({ account, layer }) => `${withoutProcessor(account)} ${layer}`);
    const payment = payments.get(name);
    const expected = payment === undefined ? new Map<string, bigint>() : toExpectedBooks(payment);
    return [...new Set([...held.keys(), ...expected.keys()])]
      .filter((line) => (held.get(line) ?? 0n) !== (expected.get(line) ?? 0n))
      .map((line): Violation => {
        const problem = `holds ${held.get(line) ?? 0n} on ${line}, by the provider's record ${expected.get(line) ?? 0n}`;
        return { invariant: 'I7', subject: name, problem };
      });
  });
}

/** `processor:ADYEN:settled` is `processor:settled`: whose it is, is not compared. */
function withoutProcessor(account: string): string {
  return account.replace(/^processor:[^:]*:/, 'processor:');
}

function foldBalances({ postings }: Books): Map<string, bigint> {
  return sumBy(postings, accountKey);
}

function accountKey({ account, currency, layer }: { account: string; currency: string; layer: string }): string {
  return `${account} ${currency} ${layer}`;
}

function sumBy(postings: readonly Posting[], keyOf: (posting: Posting) => string): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const posting of postings) sums.set(keyOf(posting), (sums.get(keyOf(posting)) ?? 0n) + posting.amountMinor);
  return sums;
}
