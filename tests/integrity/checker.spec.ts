import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { AttemptConcluded, deadLetterTopicName, topicName } from '@tollgate/contracts';
import type { Topic } from '@tollgate/contracts';
import {
  checkInvariants,
  concludedAttempt,
  eventually,
  findViolationsNow,
  foreignRecord,
  guardFolder,
  readTopics,
  reportFault,
  startStack,
  testRecords,
  tokenisedAttempt,
} from '@tollgate/testing';
import type { Accepted, Story, Violation } from '@tollgate/testing';

import { plantedAtProvider, plantedInTables } from './planted-violations.ts';
import type { PlantedViolation } from './planted-violations.ts';

const folder = mkdtempSync(join(tmpdir(), 'tollgate-test-checker-'));
guardFolder(folder);
const dataFile = join(folder, 'emulator.sqlite');
const stack = await startStack(import.meta.url, {
  environmentOf: { sandbox: { SANDBOX_DATA_FILE: dataFile } },
});
const kafka = await testRecords(stack.topics);
const accepted: Accepted[] = [];
const approved = await buy(4_200);
const aborted = await buy(2_000_000);
const victims = {
  attemptId: approved.paymentAttemptId,
  paymentId: approved.paymentId ?? '',
  abortedAttemptId: aborted.paymentAttemptId,
};
/** Dead letters that stay once they were planted, and are known from then on. */
const planted: NonNullable<Story['expectedDeadLetters']>[number][] = [];

it('in a sound installation the checker finds nothing', async () => {
  expect(await checkInvariants(stack, { accepted })).toEqual([]);
}, 90_000);

describe('the checker finds', () => {
  const told: PlantedViolation[] = [
    {
      what: 'a shop that was told another outcome',
      invariant: 'I1',
      problem: /the shop was told ABORTED/,
      plant: nothing,
      story: { accepted: [{ attemptId: victims.attemptId, toldOutcome: 'ABORTED' }] },
    },
    {
      what: 'a record that should have become a dead letter',
      invariant: 'I8',
      problem: /is no dead letter/,
      plant: nothing,
      story: { expectedDeadLetters: [{ code: 'RECORD_NOT_JSON', eventId: 'never-sent' }] },
    },
    {
      what: 'a token in a log',
      invariant: 'I9',
      problem: /shows in the log of gateway/,
      plant: nothing,
      // Nothing would make a service log a token, so what it does log is declared to be one.
      story: { secrets: [{ what: 'a token', text: stack.services.gateway.log.slice(0, 80) }] },
    },
  ];

  it.each([...told, ...plantedInTables(stack, victims), ...plantedAtProvider(stack, { dataFile, victims })])(
    '$what',
    async (violation) => {
      const undo = await violation.plant();
      try {
        await assertFound(violation);
      } finally {
        await undo();
      }
    },
    60_000,
  );

  it('an event that was committed and lost with the process that should publish it', async () => {
    const checkout = await stack.shop.beginCheckout();
    const { intake } = stack.services;
    await intake.stop();
    intake.start({ TOLLGATE_FAILPOINTS: 'post.after-commit@1' });
    await intake.ready();
    await expect(stack.shop.post(checkout)).rejects.toThrow('fetch failed');
    await eventually(() => expect(intake.isRunning).toBe(false));
    const lost = await stack.query<object>('DELETE FROM {intake}.outbox RETURNING *');
    intake.start();
    await intake.ready();
    expect((await stack.shop.post(checkout)).status).toBe(202);
    accepted.push({ attemptId: checkout.paymentAttemptId });

    const violation = { what: 'an event that was lost before it was published', invariant: 'I2' } as const;
    await assertFound({ ...violation, problem: /never announced/ });
    await stack.query('INSERT INTO {intake}.outbox SELECT * FROM jsonb_populate_recordset(NULL::{intake}.outbox, $1)', [
      JSON.stringify(lost),
    ]);
  }, 90_000);

  it('nothing any more when all of it is put right', async () => {
    expect(await checkInvariants(stack, { accepted })).toEqual([]);
  }, 90_000);

  it('a dead letter that nobody expects', async () => {
    const record = foreignRecord(AttemptConcluded, concludedAttempt());
    const headers = {
      ...record.headers,
      'tollgate-dead-letter-code': 'HANDLER_FAILED',
      'tollgate-dead-letter-reason': 'planted',
    };
    await kafka.send(deadLetterTopicName(fullName('attempts'), 'risk'), { ...record, headers });

    const violation = { what: 'a dead letter that nobody expects', invariant: 'I8' } as const;
    await assertFound({ ...violation, problem: /is a dead letter/ });
    planted.push({ code: 'HANDLER_FAILED', eventId: record.headers.ce_id ?? '' });
  }, 60_000);

  it('an event that is published again with another payload', async () => {
    const records = await readTopics(stack.topics.brokers, fullName('outcomes'));
    const { key, headers, value } = records.find((each) => each.key === victims.attemptId) ?? {};
    const other = { ...(JSON.parse(value ?? '{}') as object), shopperCode: 'TECHNICAL' };
    await kafka.send(fullName('outcomes'), { key: key ?? null, value: JSON.stringify(other), headers: headers ?? {} });

    const violation = { what: 'an event published with two payloads', invariant: 'I3' } as const;
    await assertFound({ ...violation, problem: /two payloads/ });
    const letter = { code: 'EVENT_ID_CONFLICT', eventId: headers?.ce_id ?? '' };
    planted.push(letter, letter);
  }, 60_000);

  it('an attempt with two outcomes', async () => {
    const attempt = tokenisedAttempt({
      merchantId: stack.credentials.merchantId,
      paymentAttemptId: victims.abortedAttemptId,
    });
    await kafka.send(fullName('outcomes'), foreignRecord(AttemptConcluded, concludedAttempt(attempt)));

    const violation = { what: 'an attempt with two outcomes', invariant: 'I1' } as const;
    await assertFound({ ...violation, problem: /has 2 outcomes/ });
  }, 60_000);

  it('a secret on a topic', async () => {
    const record = foreignRecord(AttemptConcluded, concludedAttempt());
    // Nobody reads this topic yet, so that nothing else comes of it.
    await kafka.send(fullName('approvals'), { ...record, value: stack.credentials.primerApiKey });

    const violation = { what: 'a secret on a topic', invariant: 'I9' } as const;
    await assertFound({ ...violation, problem: /approvals/ });
  }, 60_000);
});

/**
 * Looks until the planted violation shows among what the checker finds, and reports whether it did.
 * @throws Error with what it finds instead
 */
async function assertFound({ what, invariant, problem, story }: Omit<PlantedViolation, 'plant'>): Promise<void> {
  const startedAt = performance.now();
  const look = async (): Promise<Violation[]> => {
    const all = await findViolationsNow(stack, { accepted, expectedDeadLetters: planted, ...story });
    const matching = all.filter((each) => each.invariant === invariant && problem.test(each.problem));
    if (matching.length === 0) throw new Error(`${what} is not found, only ${JSON.stringify(all)}`);
    return matching;
  };
  const report = (found: number, violations: readonly Violation[]): void => {
    const seconds = (performance.now() - startedAt) / 1_000;
    reportFault({ faultClass: 'checker', scenario: what, injected: 1, found, violations, seconds });
  };
  try {
    report(1, await eventually(look, { timeoutMs: 20_000 }));
  } catch (error) {
    report(0, []);
    throw error;
  }
}

async function buy(amount: number) {
  const checkout = await stack.shop.beginCheckout({ amount });
  const answer = await eventually(
    async () => {
      const { status, body } = await stack.shop.post(checkout, { waitSeconds: 20 });
      if (status !== 200) throw new Error(`no outcome: ${status} ${JSON.stringify(body)}`);
      return body;
    },
    { timeoutMs: 90_000 },
  );
  accepted.push({ attemptId: answer.paymentAttemptId, toldOutcome: answer.status });
  return answer;
}

function nothing(): Promise<() => Promise<void>> {
  return Promise.resolve(() => Promise.resolve());
}

function fullName(topic: Topic): string {
  return topicName(topic, stack.topics.prefix);
}
