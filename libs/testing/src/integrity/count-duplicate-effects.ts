import { AttemptConcluded } from '@tollgate/contracts';
import type { AttemptConcludedData } from '@tollgate/contracts';

import { readEmulatorJournal } from '../stack/emulator-record.ts';
import type { Stack } from '../stack/stack.ts';
import { readTopics } from '../topic-reader.ts';

/**
 * How often something took effect twice: a second payment or outcome of an attempt, an attempt that was counted twice
 * by the velocity rules, a hold that was booked twice. 0 when every promise was kept.
 */
export async function countDuplicateEffects(stack: Stack): Promise<number> {
  const journal = await readEmulatorJournal(stack);
  // A payment that came of no attempt is nobody's second one.
  const payments = journal
    .filter(({ name, attemptId }) => name === 'PAYMENT_CREATED' && attemptId !== null)
    .map(({ attemptId }) => attemptId);
  return (
    beyondFirst(payments) +
    beyondFirst(await concludedAttempts(stack)) +
    (await attemptsCountedTwice(stack)) +
    (await holdsBookedTwice(stack))
  );
}

async function concludedAttempts(stack: Stack): Promise<string[]> {
  const records = await readTopics(stack.topics.brokers, `${stack.topics.prefix}.outcomes.`);
  const concluded = new Map(
    records
      .filter(({ topic, headers }) => !topic.endsWith('.dlq') && headers.ce_type === AttemptConcluded.type)
      .map(({ headers, value }) => [headers.ce_id, value]),
  );
  return [...concluded.values()].flatMap((value) => {
    const { data } = AttemptConcluded.schema.safeParse(parse(value)) as { data?: AttemptConcludedData };
    return data === undefined ? [] : [data.paymentAttemptId];
  });
}

/** Each decision counts once for each kind of subject, at most; 19 bytes are an attempt (risk's counted-entry policy). */
async function attemptsCountedTwice(stack: Stack): Promise<number> {
  const rows = await stack.query<{ surplus: number }>(
    `SELECT greatest(sum(length(recent) / 19 + sealed) - (SELECT count(*) FROM {risk}.decisions), 0)::int AS surplus
       FROM {risk}.subjects GROUP BY kind`,
  );
  return sum(rows.map(({ surplus }) => surplus));
}

/** Payments that hold more than they were authorised over. */
async function holdsBookedTwice(stack: Stack): Promise<number> {
  const rows = await stack.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM (
       SELECT payment.payment_id FROM {ledger}.payments AS payment
         JOIN {ledger}.journal_entries AS entry
           ON entry.merchant_id = payment.merchant_id AND entry.payment_id = payment.payment_id
         JOIN {ledger}.postings USING (entry_id)
         JOIN {ledger}.accounts USING (account_id)
        WHERE name LIKE '%:captured'
        GROUP BY payment.payment_id, authorized_minor HAVING sum(amount_minor) > authorized_minor) AS doubled`,
  );
  return rows[0]?.count ?? 0;
}

function beyondFirst(subjects: readonly (string | null)[]): number {
  return subjects.length - new Set(subjects).size;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function parse(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? '') as unknown;
  } catch {
    return undefined;
  }
}
