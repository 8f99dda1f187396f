import { afterAll, describe, expect, it } from '@jest/globals';
import { type ApprovalAnswer, type ApprovalListAnswer, AttemptDecided, topicName } from '@tollgate/contracts';
import {
  APPS_WITH_REVIEW,
  eventually,
  findDifferentDecisions,
  foreignRecord,
  listEmulatorPayments,
  sampleId,
  startStack,
  testRecords,
} from '@tollgate/testing';
import type { Page } from 'playwright-core';

import { PATIENCE_MS, signIn, visit } from '../pages/console-browser.ts';
import { launchChromium } from './chromium.ts';

/** What is left to expire has expired when the rest is done. */
const NEGLECTED_SECONDS = 20;

const [stack, browser] = await Promise.all([
  startStack(import.meta.url, { running: [...APPS_WITH_REVIEW, 'console'] }),
  launchChromium(),
]);
afterAll(() => browser.close());
const kafka = await testRecords(stack.topics);
const { url } = stack.services.console;
const [ada, ben] = stack.credentials.reviewers;
const [first, second] = await Promise.all([visit(browser, url), visit(browser, url)]);

interface Shown {
  readonly attemptId: string;
  readonly orderId: string;
  readonly approval: ApprovalAnswer;
}
const shown: Shown[] = [];
const approvedOrders: string[] = [];
/** An attempt that nobody decides, and the page on which it is open all the time. */
let neglected: Shown & { readonly page: Page };

/** A checkout that the rules leave to a person, who has it before their eyes in a moment. */
async function checkOut(decideWithinSeconds?: number): Promise<Shown> {
  const orderId = sampleId('order');
  const { paymentAttemptId: attemptId, body } = await stack.shop.beginCheckout({
    orderId,
    customerId: sampleId('sample-review-'),
  });
  const checkout = { paymentAttemptId: attemptId, body: { ...body, decideWithinSeconds } };
  await stack.shop.post(checkout);
  const one = { attemptId, orderId, approval: await eventually(() => findApproval(attemptId)) };
  shown.push(one);
  return one;
}

async function findApproval(attemptId: string): Promise<ApprovalAnswer> {
  const { body } = await stack.ask<ApprovalListAnswer>('approvals', `/v0/approvals?resourceId=${attemptId}`);
  const [approval] = body.data;
  if (approval === undefined) throw new Error(`${attemptId} was not shown to anybody`);
  return approval;
}

/** Opens an approval from the queue, where it has come by itself. */
async function open(page: Page, { orderId }: Shown): Promise<void> {
  await page.getByRole('link', { name: 'Review', exact: true }).click();
  await page.getByRole('row', { name: new RegExp(orderId) }).click();
  await approveButton(page).waitFor();
}

const approveButton = (page: Page) => page.getByRole('button', { name: 'Approve' });
const verdictOf = (page: Page) => page.getByRole('region', { name: 'Approval' }).locator('.notice').first();
const expectSays = (page: Page, hasText: string | RegExp) => verdictOf(page).filter({ hasText }).waitFor();
const answerOf = (page: Page) => page.waitForResponse((response) => response.request().method() === 'PATCH');

/** Has `work` done after a decision has left the page and before it reaches the service. */
async function beforeDecisionArrives(page: Page, work: () => Promise<unknown>): Promise<void> {
  await page.route('**/v0/approvals/*', async (route) => {
    if (route.request().method() === 'PATCH') await work();
    await route.continue();
  });
}

const expectStatus = (attemptId: string, status: string) =>
  eventually(async () => expect((await stack.shop.find(attemptId)).body.status).toBe(status));

describe('the console, in a real browser before the real services', () => {
  it('lets nobody in whose password does not fit, and shows the queue live to whoever has signed in', async () => {
    const { page } = first;
    await page.getByLabel('E-mail').fill(ada.email);
    await page.getByLabel('Password').fill('not the password at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('E-mail and password do not fit together.');
    await Promise.all([signIn(page, ada), signIn(second.page, ben)]);
    await page
      .getByRole('status')
      .filter({ hasText: /^live$/ })
      .waitFor();
    neglected = { ...(await checkOut(NEGLECTED_SECONDS)), page: await first.context.newPage() };
    await neglected.page.goto(`${url}/review/${neglected.approval.id}`);
    await approveButton(neglected.page).waitFor();
  });

  it('takes an approval by keyboard before the deadline, and the payment is made', async () => {
    const { page } = first;
    const one = await checkOut();
    await open(page, one);
    expect(await page.getByRole('timer').last().textContent()).toMatch(/left$/);
    await page.getByText('marked-for-review', { exact: true }).waitFor();
    await page.getByLabel('Note').fill('Known customer');
    await page.keyboard.press('Alt+Shift+KeyA');
    await expectSays(page, new RegExp(`^Approved by ${ada.email}.*It took effect.*“Known customer”`));
    await expectStatus(one.attemptId, 'APPROVED');
    approvedOrders.push(one.orderId);
  });

  it('refuses a decision about data that changed before it arrived, shows what changed, and takes one about the new data', async () => {
    const { page } = first;
    const one = await checkOut();
    await open(page, one);
    await beforeDecisionArrives(page, () => reviewAgain(one));
    const [answer] = await Promise.all([answerOf(page), approveButton(page).click()]);
    expect(answer.status()).toBe(409);
    expect(await answer.json()).toMatchObject({ code: 'APPROVAL_STALE' });
    await page.unrouteAll();
    await expectSays(page, /data has changed since you opened it.*Nothing was decided/);
    expect(await verdictOf(page).textContent()).toMatch(/features\.velocity\.customerAttempts: \S+ → 19/);
    expect(await approveButton(page).count()).toBe(0);
    await page.getByRole('button', { name: 'I have seen the new data' }).click();
    await page.getByRole('button', { name: 'Reject' }).click();
    await expectSays(page, `Rejected by ${ada.email}`);
    await expectStatus(one.attemptId, 'ABORTED');
  });

  it('keeps its place, its claim and the countdown when it is loaded again in the middle', async () => {
    const { page } = first;
    const one = await checkOut();
    await open(page, one);
    await page.getByRole('button', { name: 'Claim' }).click();
    await page.getByRole('button', { name: 'Give back' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Give back' }).waitFor();
    await second.page.goto(page.url());
    await second.page.getByText(`${ada.email} has claimed it`).waitFor();
    expect(await approveButton(second.page).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Reject' }).click();
    await expectSays(page, `Rejected by ${ada.email}`);
    await expectSays(second.page, `Rejected by ${ada.email}`);
  });

  it('has one winner of two who decide at once, and tells the other who was first', async () => {
    const pages = [first.page, second.page];
    const one = await checkOut();
    await Promise.all(pages.map((page) => open(page, one)));
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    const meet = () => ((waiting += 1) === pages.length && both.resolve(), both.promise);
    await Promise.all(pages.map((page) => beforeDecisionArrives(page, meet)));
    const [approval, rejection] = await Promise.all([
      answerOf(first.page),
      answerOf(second.page),
      approveButton(first.page).click(),
      second.page.getByRole('button', { name: 'Reject' }).click(),
    ]);
    await Promise.all(pages.map((page) => page.unrouteAll()));
    expect([approval.status(), rejection.status()].toSorted((low, high) => low - high)).toEqual([200, 409]);
    const isApproved = approval.status() === 200;
    const winner = isApproved ? `Approved by ${ada.email}` : `Rejected by ${ben.email}`;
    await Promise.all(pages.map((page) => expectSays(page, new RegExp(`^${winner}.*It took effect`))));
    await expectStatus(one.attemptId, isApproved ? 'APPROVED' : 'ABORTED');
    if (isApproved) approvedOrders.push(one.orderId);
  });

  it('lets a viewer, whom an admin has invited, look and not decide: neither by the page nor past it', async () => {
    const { page } = await inviteViewer();
    const one = await checkOut();
    await page.getByRole('row', { name: new RegExp(one.orderId) }).click();
    await page.getByText('Your role lets you look at approvals, not decide them.').waitFor();
    expect(await approveButton(page).count()).toBe(0);
    const change = { decision: 'approved', dataSnapshotHash: one.approval.dataSnapshotHash };
    const answer = await askFromPage(page, 'PATCH', `/api/approvals/v0/approvals/${one.approval.id}`, change);
    expect(answer.status).toBe(403);
    expect((await findApproval(one.attemptId)).decision).toBe('pending');
  });

  it('shows an attempt from its event to its entries, with the person in between, found by its order', async () => {
    const { page } = first;
    const [orderId = ''] = approvedOrders;
    await page.getByRole('link', { name: 'Attempts' }).click();
    await page.getByLabel('Attempt id, order or customer').fill(orderId);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: orderId }).click();
    const timeline = page.getByRole('list', { name: 'Timeline' });
    await timeline
      .getByText(/^journal entry/)
      .first()
      .waitFor();
    const services = await timeline.locator('.service').allTextContents();
    expect(services[0]).toBe('intake');
    expect(services.at(-1)).toBe('ledger');
    expect(new Set(services)).toEqual(new Set(['intake', 'risk', 'approvals', 'gateway', 'ledger']));
    expect(await timeline.textContent()).toMatch(
      /shown to reviewers.*approved by .*“Known customer”.*concluded APPROVED/,
    );
  });

  it('counts the hits of the live rules, and shows how the services do as they tell it', async () => {
    const { page } = first;
    await kafka.send(topicName('attempts', stack.topics.prefix), { key: 'poison', value: '{', headers: {} });
    await page.getByRole('link', { name: 'Rules' }).click();
    const row = page.getByRole('row', { name: /^marked-for-review/ });
    await row.getByRole('cell', { name: String(shown.length), exact: true }).waitFor();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByText(`REVIEW review-required${shown.length}`).waitFor();
    const states = page.getByRole('region', { name: 'Services' }).getByRole('row');
    // A lag is measured, read by the console, and asked for by the page every five seconds each.
    await eventually(
      async () =>
        expect(await states.allTextContents()).toEqual([
          ...['ServiceStateLagDead letters since its startUnpublished', 'intakeup010', 'riskup010'],
          ...['approvalsup000', 'gatewayup000', 'ledgerup000'],
        ]),
      { timeoutMs: PATIENCE_MS },
    );
    await page.getByText(`APPROVED${approvedOrders.length}`).waitFor();
    await page.getByRole('row', { name: /^Checkout: from the receipt to the outcome [1-9]/ }).waitFor();
    await page.getByRole('row', { name: /^Primer: one approve [1-9]/ }).waitFor();
    await page.getByRole('row', { name: /^Webhook: stored and answered [1-9]/ }).waitFor();
    await page.getByRole('img', { name: /per second/ }).waitFor();
  });

  it('says on the page that was open all the while that time is over, and that no reviewer approved it', async () => {
    const { page, attemptId } = neglected;
    await verdictOf(page)
      .filter({ hasText: /^Void.*No reviewer approved it/ })
      .waitFor({ timeout: NEGLECTED_SECONDS * 1_000 + PATIENCE_MS });
    expect(await approveButton(page).count()).toBe(0);
    await expectStatus(attemptId, 'ABORTED');
  });

  it('made the payments that were approved and no others, asked its own server alone, and leaves nothing behind', async () => {
    const paid = (await listEmulatorPayments(stack)).map(({ orderId }) => orderId);
    expect(paid.toSorted()).toEqual(approvedOrders.toSorted());
    const { page, addresses, complaints } = first;
    expect([...addresses, ...second.addresses].filter((address) => !address.startsWith(`${url}/`))).toEqual([]);
    expect([...complaints, ...second.complaints]).toEqual([]);
    expect(await page.evaluate('document.cookie + localStorage.length + sessionStorage.length')).toBe('00');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(await page.evaluate(`fetch('/session').then(({ status }) => status)`)).toBe(401);
  });
});

it('every decision of the rules comes out the same again', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});

/** The rules find out more about an attempt under review: what is shown of it changes. Resolves when it has. */
async function reviewAgain({ attemptId, approval }: Shown): Promise<void> {
  const topic = topicName(AttemptDecided.topic, stack.topics.prefix);
  const decided = (await kafka.read(topic))
    .map(({ value }) => AttemptDecided.schema.parse(JSON.parse(value ?? '')))
    .find(({ paymentAttemptId }) => paymentAttemptId === attemptId);
  if (decided?.evaluation === undefined) throw new Error(`The rules have not decided ${attemptId}`);
  const features = { ...decided.evaluation.features, 'velocity.customerAttempts': 19 };
  const newer = {
    ...decided,
    decidedAt: new Date(Date.parse(decided.decidedAt) + 1).toISOString(),
    evaluation: { ...decided.evaluation, features },
  };
  await kafka.send(topic, foreignRecord(AttemptDecided, newer));
  await eventually(async () =>
    expect((await findApproval(attemptId)).dataSnapshotHash).not.toBe(approval.dataSnapshotHash),
  );
}

/** Asks the console's server as a script of its page would, with the person's session. */
function askFromPage<Body>(page: Page, method: string, path: string, body: unknown) {
  return page.evaluate<{ status: number; body: Body }>(
    `fetch('/session')
       .then((answer) => answer.json())
       .then(({ csrfToken }) => fetch(${JSON.stringify(path)}, {
         method: ${JSON.stringify(method)},
         headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
         body: ${JSON.stringify(JSON.stringify(body))},
       }))
       .then(async (answer) => ({ status: answer.status, body: await answer.json() }))`,
  );
}

/** Somebody whom the admin has invited as a viewer, in a browser of their own. */
async function inviteViewer() {
  const admin = await visit(browser, url);
  await signIn(admin.page, stack.credentials.admin);
  const invited = { email: `${sampleId('viewer')}@shop.test`, displayName: 'Vera', role: 'viewer' };
  const { body } = await askFromPage<{ link: string }>(admin.page, 'POST', '/invitations', invited);
  await admin.context.close();
  const viewer = await visit(browser, body.link);
  await viewer.page.getByLabel('Password').fill('a password of my own, long enough');
  await viewer.page.getByRole('button', { name: 'Accept' }).click();
  await viewer.page.getByRole('button', { name: 'Sign out' }).waitFor();
  return viewer;
}
