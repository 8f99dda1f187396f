import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from '@jest/globals';
import {
  AttemptTokenised,
  backtestAnswer,
  differencesAnswer,
  recomputedAnswer,
  ruleSetAnswer,
  ruleSetAuditListAnswer,
  topicName,
} from '@tollgate/contracts';
import {
  eventually,
  findDifferentDecisions,
  foreignRecord,
  type StackAccount,
  startStack,
  testRecords,
  tokenisedAttempt,
} from '@tollgate/testing';

import { runOps } from './ops-process.ts';

const stack = await startStack(import.meta.url, { running: ['risk'] });
const kafka = await testRecords(stack.topics);
const [ann, bob] = stack.credentials.operators;
const folder = mkdtempSync(join(tmpdir(), 'tollgate-rule-sets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CANDIDATE = `
name: candidate
rules:
  - { name: large, when: "order.amountMinor > 5000", then: review, reason: review-required }
default: { then: approve, reason: no-rule-matched }
`;

/** What the command line answers, as data; as a person who types their password where one is named. */
async function ops(args: string, by?: StackAccount) {
  const who = by === undefined ? '' : ` --as ${by.email}`;
  const environment: Record<string, string> = by === undefined ? {} : { TOLLGATE_PASSWORD: by.password };
  const { code, text, remarks } = await runOps(stack, `${args} --json${who}`, { environment });
  return { code, remarks, data: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

/** An attempt of the topic, once the rules have decided it. */
async function decide(amountMinor: string): Promise<string> {
  const { merchantId } = stack.credentials;
  const order = { orderId: `order-${amountMinor}`, amountMinor, currency: 'EUR' } as const;
  const attempt = tokenisedAttempt({ merchantId, order });
  await kafka.send(topicName('attempts', stack.topics.prefix), foreignRecord(AttemptTokenised, attempt));
  await eventually(
    async () => expect((await stack.ask('risk', `/v1/decisions/${attempt.paymentAttemptId}`)).status).toBe(200),
    { timeoutMs: 40_000, intervalMs: 100 },
  );
  return attempt.paymentAttemptId;
}

it('a rule set is drafted from a file, tried in the shadow and on record, put live by two people and left again, all by command line', async () => {
  const [file, csv, html] = ['rules.yaml', 'backtest.csv', 'backtest.html'].map((name) => join(folder, name));
  writeFileSync(file!, CANDIDATE);
  const drafted = ruleSetAnswer.parse((await ops(`rulesets draft ${file}`, ann)).data);
  expect(drafted).toMatchObject({ status: 'draft', createdBy: { kind: 'person', displayName: ann.email } });
  const version = drafted.version.slice(0, 12);
  expect((await ops(`rulesets shadow ${version}`)).data).toMatchObject({ status: 'shadow' });
  await decide('4200');
  const large = await decide('9900');

  const [differences, backtest, again, unknown] = await Promise.all([
    ops(`rulesets differences ${version}`),
    ops(`backtest ${version} --csv ${csv} --html ${html}`),
    ops(`recompute ${large}`),
    ops(`recompute ${randomUUID()}`),
  ]);
  expect(differencesAnswer.parse(differences.data)).toMatchObject({
    ...{ attempts: 2, different: 1, rules: [{ rule: 'large', hits: 1 }] },
    examples: [{ paymentAttemptId: large, from: 'APPROVE', to: 'REVIEW' }],
  });
  expect(backtestAnswer.parse(backtest.data).result).toMatchObject({ attempts: 2, different: 1 });
  expect(readFileSync(csv!, 'utf8').split('\r\n')).toEqual(
    expect.arrayContaining(['decision,APPROVE,REVIEW,1,EUR,9900', 'rule,large,review,1,0,0,0']),
  );
  expect(readFileSync(html!, 'utf8')).toContain('<title>');
  expect(recomputedAnswer.parse(again.data)).toMatchObject({ isSame: true });
  expect([again.code, unknown.code]).toEqual([0, 3]);

  expect((await ops(`rulesets propose ${version}`, ann)).data).toMatchObject({ status: 'shadow' });
  const alone = await ops(`rulesets promote ${version}`, ann);
  expect(alone).toMatchObject({ code: 1, remarks: expect.stringContaining('Who proposed a set cannot put it live') });
  expect((await ops(`rulesets promote ${version}`, bob)).data).toMatchObject({ status: 'live' });
  const held = await decide('9901');
  expect((await stack.ask('risk', `/v1/decisions/${held}`)).body).toMatchObject({ decision: 'REVIEW' });
  expect((await ops(`rulesets rollback ${version}`, bob)).data).toMatchObject({ status: 'live', name: 'default' });

  const audit = (await ops('rulesets audit')).data;
  const steps = ruleSetAuditListAnswer.shape.data.parse(audit).filter((each) => each.version === drafted.version);
  expect(steps.map(({ step, by }) => `${step} ${by.displayName}`).toReversed()).toEqual([
    `draft ${ann.email}`,
    'shadow operator',
    `propose ${ann.email}`,
    `promote ${bob.email}`,
    `rollback ${bob.email}`,
  ]);
});

it('every decision of the rules comes out the same again, whichever set made it', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});
