import { DatabaseSync } from 'node:sqlite';

import type { Stack, Story, Violation } from '@tollgate/testing';

/** A promise broken on purpose, behind the back of the services. */
export interface PlantedViolation {
  readonly what: string;
  readonly invariant: Violation['invariant'];
  readonly problem: RegExp;
  /** Breaks it, and resolves to the undoing. */
  plant(): Promise<() => Promise<void>>;
  /** What the checker is told otherwise than what happened. */
  readonly story?: Partial<Story>;
}

/** An approved attempt with an authorised payment, and one that was aborted: what the violations are planted in. */
export interface Victims {
  attemptId: string;
  paymentId: string;
  abortedAttemptId: string;
}

type Tamper = Pick<PlantedViolation, 'what' | 'invariant' | 'problem'> & { table: string; there: string; back: string };

/** Rows changed by an administrator in the services' tables, with the triggers that would refuse it switched off. */
export function plantedInTables(stack: Stack, { attemptId, paymentId }: Victims): PlantedViolation[] {
  const alter = async (table: string, statement: string): Promise<void> => {
    await stack.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await stack.query(statement);
    await stack.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  };
  return tampers(attemptId, paymentId).map(({ table, there, back, ...violation }) => ({
    ...violation,
    plant: async () => {
      await alter(table, there);
      return () => alter(table, back);
    },
  }));
}

function tampers(attemptId: string, paymentId: string): Tamper[] {
  const strangerId = '00000000-0000-4000-8000-000000000000';
  const firstPosting = `(entry_id, ordinal) = (SELECT entry_id, ordinal FROM {ledger}.postings
    JOIN {ledger}.journal_entries USING (entry_id) WHERE payment_id = '${paymentId}' ORDER BY 1, 2 LIMIT 1)`;
  const newest = `SELECT max(entry_id) FROM {ledger}.journal_entries WHERE payment_id = '${paymentId}'`;
  return [
    {
      what: 'an accepted attempt whose row is gone',
      invariant: 'I1',
      problem: /is not known/,
      table: '{intake}.attempts',
      there: `UPDATE {intake}.attempts SET attempt_id = '${strangerId}' WHERE attempt_id = '${attemptId}'`,
      back: `UPDATE {intake}.attempts SET attempt_id = '${attemptId}' WHERE attempt_id = '${strangerId}'`,
    },
    {
      what: 'an attempt that stays behind its outcome',
      invariant: 'I1',
      problem: /is still DECIDED/,
      table: '{intake}.attempts',
      there: `UPDATE {intake}.attempts
        SET status = 'DECIDED', facts = (facts - 'outcome') || jsonb_build_object('hidden', facts -> 'outcome')
        WHERE attempt_id = '${attemptId}'`,
      back: `UPDATE {intake}.attempts
        SET status = 'APPROVED', facts = (facts - 'hidden') || jsonb_build_object('outcome', facts -> 'hidden')
        WHERE attempt_id = '${attemptId}'`,
    },
    {
      what: 'an event whose effect was lost',
      invariant: 'I3',
      problem: /was not handled by risk/,
      table: '{risk}.inbox',
      there: `UPDATE {risk}.inbox SET event_id = 'lost ' || event_id`,
      back: `UPDATE {risk}.inbox SET event_id = substr(event_id, 6)`,
    },
    {
      what: 'a payment whose action was an abort',
      invariant: 'I4',
      problem: /without an APPROVE/,
      table: '{gateway}.attempt_action',
      there: `UPDATE {gateway}.attempt_action SET decision = 'ABORT' WHERE attempt_id = '${attemptId}'`,
      back: `UPDATE {gateway}.attempt_action SET decision = 'APPROVE' WHERE attempt_id = '${attemptId}'`,
    },
    {
      what: 'a payment that the gate imagines',
      invariant: 'I4',
      problem: /which does not exist/,
      table: '{gateway}.attempt_action',
      there: `UPDATE {gateway}.attempt_action SET payment_id = 'imagined' WHERE attempt_id = '${attemptId}'`,
      back: `UPDATE {gateway}.attempt_action SET payment_id = '${paymentId}' WHERE attempt_id = '${attemptId}'`,
    },
    {
      what: 'a stored webhook that is gone',
      invariant: 'I5',
      problem: /webhooks were answered 2xx, 0 are stored/,
      table: '{ledger}.deliveries',
      there: `UPDATE {ledger}.deliveries SET payment_id = 'lost' WHERE payment_id = '${paymentId}'`,
      back: `UPDATE {ledger}.deliveries SET payment_id = '${paymentId}' WHERE payment_id = 'lost'`,
    },
    {
      what: 'a payment that stays behind its newest status',
      invariant: 'I5',
      problem: /is AUTHORIZED at the provider and PENDING in the books/,
      table: '{ledger}.payments',
      there: `UPDATE {ledger}.payments SET status = 'PENDING' WHERE payment_id = '${paymentId}'`,
      back: `UPDATE {ledger}.payments SET status = 'AUTHORIZED' WHERE payment_id = '${paymentId}'`,
    },
    {
      what: 'an entry that does not balance',
      invariant: 'I6',
      problem: /sums to 1, not to zero/,
      table: '{ledger}.postings',
      there: `UPDATE {ledger}.postings SET amount_minor = amount_minor + 1 WHERE ${firstPosting}`,
      back: `UPDATE {ledger}.postings SET amount_minor = amount_minor - 1 WHERE ${firstPosting}`,
    },
    {
      what: 'a cached balance that was moved alone',
      invariant: 'I6',
      problem: /is cached as/,
      table: '{ledger}.account_balances',
      there: `UPDATE {ledger}.account_balances SET balance_minor = balance_minor + 1`,
      back: `UPDATE {ledger}.account_balances SET balance_minor = balance_minor - 1`,
    },
    {
      what: 'a hold that was booked twice',
      invariant: 'I7',
      problem: /holds 8400 on processor:captured pending, by the provider's record 4200/,
      table: '{ledger}.postings',
      there: `INSERT INTO {ledger}.postings (entry_id, ordinal, account_id, layer, amount_minor)
        SELECT entry_id, ordinal + 100, account_id, layer, amount_minor FROM {ledger}.postings
         WHERE entry_id = (${newest})`,
      back: `DELETE FROM {ledger}.postings WHERE entry_id = (${newest}) AND ordinal >= 100`,
    },
    {
      what: 'a decision whose features were changed after it was made',
      invariant: 'I11',
      problem: /comes out different when it is decided again/,
      table: '{risk}.decisions',
      there: `UPDATE {risk}.decisions SET features = jsonb_set(features, '{order.amountMinor}', '"2000001"')
         WHERE attempt_id = '${attemptId}'`,
      back: `UPDATE {risk}.decisions SET features = jsonb_set(features, '{order.amountMinor}', '"4200"')
         WHERE attempt_id = '${attemptId}'`,
    },
    {
      what: 'an event that nobody publishes',
      invariant: 'I10',
      problem: /1 events are not published/,
      table: '{risk}.outbox',
      there: `INSERT INTO {risk}.outbox (id, topic, headers, value, available_at)
        VALUES (gen_random_uuid(), 'stuck', '{}', '{}', 'infinity')`,
      back: `DELETE FROM {risk}.outbox WHERE topic = 'stuck'`,
    },
    {
      what: 'an action at the gate that is stuck in its call',
      invariant: 'I10',
      problem: /1 actions are CALLING/,
      table: '{gateway}.attempt_action',
      there: `INSERT INTO {gateway}.attempt_action
        SELECT (jsonb_populate_record(action, jsonb_build_object('attempt_id', '${strangerId}', 'state', 'CALLING',
               'payment_id', NULL, 'outcome_reason', NULL, 'concluded_at', NULL,
               'lease_until', 'infinity', 'due_at', 'infinity'))).*
          FROM {gateway}.attempt_action AS action WHERE attempt_id = '${attemptId}'`,
      back: `DELETE FROM {gateway}.attempt_action WHERE attempt_id = '${strangerId}'`,
    },
  ];
}

/** What the provider would have done, written into the emulator's own file while it is down: it owns the file alone. */
export function plantedAtProvider(
  stack: Stack,
  { dataFile, victims }: { dataFile: string; victims: Victims },
): PlantedViolation[] {
  const { attemptId, paymentId, abortedAttemptId } = victims;
  const { sandbox } = stack.services;
  const run = async (statement: string): Promise<void> => {
    await sandbox.stop();
    const database = new DatabaseSync(dataFile);
    database.exec(statement);
    database.close();
    sandbox.start();
    await sandbox.ready();
  };
  const planted = (there: string, back: string) => async () => {
    await run(there);
    return () => run(back);
  };
  const created = (payment: string, attempt: string): string =>
    `INSERT INTO journal (at, kind, name, attempt_id, payment_id, facts)
     VALUES (0, 'EFFECT', 'PAYMENT_CREATED', '${attempt}', '${payment}', '{}');
     INSERT INTO payment SELECT '${payment}', tenant_id, NULL, status, order_id, customer_id, customer_email,
            currency_code, amount, last4_digits, replace(document, '${paymentId}', '${payment}'), created_at
       FROM payment WHERE id = '${paymentId}'`;
  const removed = (payment: string): string =>
    `DELETE FROM payment WHERE id = '${payment}'; DELETE FROM journal WHERE payment_id = '${payment}'`;
  return [
    {
      what: 'a second payment of one attempt',
      invariant: 'I4',
      problem: /has more than one payment/,
      plant: planted(created('second1', attemptId), removed('second1')),
    },
    {
      what: 'a payment although nobody approved',
      invariant: 'I4',
      problem: /without an APPROVE/,
      plant: planted(created('second2', abortedAttemptId), removed('second2')),
    },
    {
      what: 'a second charge of one order',
      invariant: 'I4',
      problem: /the order was charged 2 times/,
      plant: planted(created('second3', abortedAttemptId), removed('second3')),
    },
    {
      what: 'a payment after an abort that was answered 200',
      invariant: 'I4',
      problem: /although the abort/,
      plant: planted(
        `INSERT INTO journal (at, kind, name, attempt_id, facts) VALUES (0, 'EFFECT', 'ATTEMPT_ABORTED', '${attemptId}', '{}')`,
        `DELETE FROM journal WHERE name = 'ATTEMPT_ABORTED' AND attempt_id = '${attemptId}'`,
      ),
    },
  ];
}
