import type { RecomputationAnswer } from '@tollgate/contracts';

import { isWaitingForRetry, listEmulatorWebhooks } from '../stack/emulator-record.ts';
import { TEST_CARDS } from '../stack/shop.ts';
import type { Stack } from '../stack/stack.ts';
import { readGroupLag, readTopics } from '../topic-reader.ts';
import { readProvider } from './read-provider.ts';
import type {
  AcceptedAttempt,
  BacklogItem,
  Books,
  GateAction,
  HandledEvent,
  KnownAttempt,
  Posting,
  Recomputation,
  RuleDecision,
  World,
} from './world.types.ts';

/** Before anything was decided. */
const EVER = '2020-01-01T00:00:00Z';

/** What a test knows about its own story and the services cannot. */
export interface Story {
  /** Attempts for which intake answered 2xx, with the outcome where one was told. */
  accepted: readonly AcceptedAttempt[];
  /** Dead letters that the test brought about. */
  expectedDeadLetters?: World['expectedDeadLetters'];
  /** Texts that must show nowhere, besides the stack's own keys: tokens, card numbers. */
  secrets?: World['secrets'];
}

/**
 * Reads everything the invariants look at, causes before their effects: what happens meanwhile then looks like an
 * effect too many, which no invariant minds, and never like a cause without its effect.
 */
export async function readWorld(stack: Stack, story: Story): Promise<World> {
  const { brokers, prefix } = stack.topics;
  const provider = await readProvider(stack);
  const [attempts, actions, books] = await Promise.all([
    readAttempts(stack, story.accepted),
    readActions(stack),
    readBooks(stack),
  ]);
  const records = await readTopics(brokers, `${prefix}.`);
  const handled = await readHandled(stack);
  const [ruleDecisions, recomputation] = await Promise.all([readRuleDecisions(stack), readRecomputation(stack)]);
  const backlog = await readBacklog(stack);
  return {
    accepted: story.accepted,
    attempts,
    actions,
    provider,
    books,
    records,
    handled,
    ruleDecisions,
    recomputation,
    backlog,
    expectedDeadLetters: story.expectedDeadLetters ?? [],
    secrets: [...ownSecrets(stack), ...(story.secrets ?? [])],
    logs: Object.entries(stack.services).map(([service, { log }]) => ({ service, text: log })),
  };
}

/** Work that is left over: unpublished events, records not handled yet, actions without an outcome, webhooks on their way. */
export async function readBacklog(stack: Stack): Promise<BacklogItem[]> {
  const items = await Promise.all([
    ...stack.databaseApps.map((app) => readOutbox(stack, app)),
    readLag(stack),
    readOpenActions(stack),
    readOpenWebhooks(stack),
  ]);
  return items.flat();
}

/** From intake's table, not by its answers: those add what the process has heard and not written yet. */
async function readAttempts(stack: Stack, accepted: readonly AcceptedAttempt[]): Promise<KnownAttempt[]> {
  const rows = await stack.query<{ attemptId: string; status: string; decideBy: Date; paymentId: string | null }>(
    `SELECT attempt_id::text AS "attemptId", status, decide_by AS "decideBy", facts #>> '{outcome,paymentId}' AS "paymentId"
       FROM {intake}.attempts WHERE attempt_id = ANY ($1::uuid[])`,
    [accepted.map(({ attemptId }) => attemptId)],
  );
  return rows.map(({ decideBy, paymentId, ...row }) => ({
    ...row,
    decideBy: decideBy.toISOString(),
    paymentId: paymentId ?? undefined,
  }));
}

async function readActions(stack: Stack): Promise<GateAction[]> {
  const rows = await stack.query<GateAction & { paymentId: string | null }>(
    `SELECT attempt_id AS "attemptId", decision, state, payment_id AS "paymentId" FROM {gateway}.attempt_action`,
  );
  return rows.map((row) => ({ ...row, paymentId: row.paymentId ?? undefined }));
}

/** The ledger's payments, postings, balances and stored webhooks. */
export async function readBooks(stack: Stack): Promise<Books> {
  const [payments, postings, balances, storedWebhooks] = await Promise.all([
    stack.query<Books['payments'][number]>(
      `SELECT payment_id AS "paymentId", status FROM {ledger}.payments WHERE status IS NOT NULL`,
    ),
    stack.query<Omit<Posting, 'amountMinor'> & { amount: string }>(
      `SELECT entry_id::text AS "entryId", payment_id AS "paymentId", name AS account, currency, layer,
              amount_minor::text AS amount
         FROM {ledger}.postings JOIN {ledger}.journal_entries USING (entry_id) JOIN {ledger}.accounts USING (account_id)`,
    ),
    stack.query<Omit<Books['balances'][number], 'balanceMinor'> & { balance: string }>(
      `SELECT name AS account, currency, layer, balance_minor::text AS balance
         FROM {ledger}.account_balances JOIN {ledger}.accounts USING (account_id)`,
    ),
    stack.query<Books['storedWebhooks'][number]>(
      `SELECT payment_id AS "paymentId", count(*)::int AS count
         FROM {ledger}.deliveries WHERE origin = 'webhook' AND payment_id IS NOT NULL GROUP BY payment_id`,
    ),
  ]);
  return {
    payments,
    postings: postings.map(({ amount, ...posting }) => ({ ...posting, amountMinor: BigInt(amount) })),
    balances: balances.map(({ balance, ...account }) => ({ ...account, balanceMinor: BigInt(balance) })),
    storedWebhooks,
  };
}

async function readHandled(stack: Stack): Promise<HandledEvent[]> {
  const perService = await Promise.all(
    stack.databaseApps.map(async (service) => {
      const rows = await stack.query<Omit<HandledEvent, 'service'>>(
        `SELECT source, event_id AS "eventId", status FROM {${service}}.inbox`,
      );
      return rows.map((row) => ({ service, ...row }));
    }),
  );
  return perService.flat();
}

/** Put together as events have it: a sum of scores only where there is one. */
async function readRuleDecisions(stack: Stack): Promise<RuleDecision[]> {
  type Evaluation = NonNullable<RuleDecision['evaluation']>;
  const rows = await stack.query<Omit<RuleDecision, 'evaluation'> & Omit<Evaluation, 'score'>>(
    `SELECT merchant_id AS "merchantId", attempt_id AS "paymentAttemptId", decision, reason, rule_set AS "ruleSet",
            rule_set_version AS version, rule_set_digest AS digest, hits, features
       FROM {risk}.decisions`,
  );
  return rows.map(({ merchantId, paymentAttemptId, decision, reason, ...evaluation }) => {
    const score = evaluation.hits.reduce((sum, hit) => sum + (hit.score ?? 0), 0);
    return {
      ...{ merchantId, paymentAttemptId, decision, reason },
      evaluation: { ...evaluation, ...(score === 0 ? {} : { score }) },
    };
  });
}

/** Every decision of the rules, made again. */
export async function readRecomputation(stack: Stack): Promise<Recomputation> {
  const { status, body } = await stack.ask<RecomputationAnswer>('risk', `/v1/decisions/recomputation?from=${EVER}`);
  if (status !== 200) throw new Error(`risk answers ${status} when it is asked to decide again`);
  return { different: body.examples, unknownVersion: body.unknownVersion };
}

async function readOutbox(stack: Stack, app: string): Promise<BacklogItem[]> {
  const [row] = await stack.query<{ count: number }>(`SELECT count(*)::int AS count FROM {${app}}.outbox`);
  return toItems(`outbox of ${app}`, row?.count ?? 0, 'events are not published');
}

async function readLag(stack: Stack): Promise<BacklogItem[]> {
  const { brokers, prefix } = stack.topics;
  const lags = await readGroupLag(
    brokers,
    stack.databaseApps.flatMap((app) => [`${prefix}.${app}`, `${prefix}.${app}.relaxed`]),
  );
  return lags.flatMap(({ group, topic, partition, lag }) =>
    toItems(`${group} on ${topic}[${partition}]`, lag, 'records are not handled'),
  );
}

async function readOpenActions(stack: Stack): Promise<BacklogItem[]> {
  const rows = await stack.query<{ state: string; isLookedFor: boolean; count: number; oldest: string }>(
    `SELECT state, looking_since IS NOT NULL AS "isLookedFor", count(*)::int AS count,
            (array_agg(attempt_id || ', step ' || step || ', last answer ' || coalesce(last_answer, 'none')
                       || coalesce(', without a payment ' || if_not_found, '') ORDER BY created_at))[1] AS oldest
       FROM {gateway}.attempt_action
      WHERE state NOT IN ('APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED') GROUP BY 1, 2`,
  );
  return rows.flatMap(({ state, isLookedFor, count, oldest }) =>
    toItems('the gate', count, `actions are ${state} (the oldest: ${oldest})`).map((item) => ({
      ...item,
      onlyListTells: isLookedFor,
    })),
  );
}

async function readOpenWebhooks(stack: Stack): Promise<BacklogItem[]> {
  const webhooks = await listEmulatorWebhooks(stack);
  const open = webhooks.filter((each) => /^(PENDING|SENDING)$/.test(each.state) && !isWaitingForRetry(each));
  return toItems('the emulator', open.length, 'webhooks are not delivered');
}

function toItems(where: string, count: number, what: string): BacklogItem[] {
  return count === 0 ? [] : [{ where, what: `${count} ${what}` }];
}

function ownSecrets({ credentials }: Stack): World['secrets'] {
  const { intakeApiKey, operatorToken, primerApiKey, webhookSecret, masterKey } = credentials;
  const secrets = { intakeApiKey, operatorToken, primerApiKey, webhookSecret, masterKey };
  const cards = Object.values(TEST_CARDS).map((text) => ({ what: 'a full card number', text }));
  return [...Object.entries(secrets).map(([what, text]) => ({ what, text })), ...cards];
}
