import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { approvalExample, attemptExample } from '@tollgate/contracts';
import { eventually } from '@tollgate/testing';
import type { Browser, Page, Route } from 'playwright-core';

import { launchChromium } from '../e2e/chromium.ts';
import { type ConsoleVisit, lookAtBoth, PATIENCE_MS, signIn, visit } from './console-browser.ts';
import { ConsoleStandIn, INVITATION, PASSWORD, REVIEWER } from './console-stand-in.ts';

jest.setTimeout(120_000);

const services = new ConsoleStandIn();
let url: string;
let browser: Browser;
let reviewer: ConsoleVisit;
let page: Page;

beforeAll(async () => {
  url = await services.listen();
  browser = await launchChromium();
  reviewer = await visit(browser, url);
  ({ page } = reviewer);
});
afterAll(async () => {
  await browser.close();
  services.close();
});

/** Opens an approval from the queue, where it has come by itself. */
async function open(id: string): Promise<void> {
  await page.getByRole('link', { name: 'Review' }).click();
  await page.getByRole('row', { name: new RegExp(`order-${id}$`) }).click();
  await page.getByRole('button', { name: 'Approve' }).waitFor();
}

const verdict = () => page.getByRole('region', { name: 'Approval' }).locator('.notice').first();
const expectSays = (text: string | RegExp) => verdict().filter({ hasText: text }).waitFor();

describe('the page of the console, in a real browser', () => {
  it('lets nobody in whose password does not fit, and shows the queue to whoever has signed in', async () => {
    await page.getByLabel('E-mail').fill(REVIEWER);
    await page.getByLabel('Password').fill('another password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await page.getByRole('alert').textContent()).toBe('E-mail and password do not fit together.');
    expect(await lookAtBoth(page, 'sign-in')).toEqual([]);
    await signIn(page, { email: REVIEWER, password: PASSWORD });
    await page
      .getByRole('status')
      .filter({ hasText: /^live$/ })
      .waitFor();
  });

  it('shows what waits as soon as it does, the most urgent first', async () => {
    services.open('calm', 80_000);
    services.open('urgent', 60_000);
    await page.getByRole('row', { name: /order-urgent$/ }).waitFor();
    expect(await page.getByRole('row').first().getAttribute('aria-label')).toMatch(/order-urgent$/);
  });

  it('shows a customer’s other attempts at the same merchant alone: another shop’s customer of that id is somebody else', async () => {
    await open('urgent');
    await page.getByRole('heading', { name: 'The customer’s other attempts' }).waitFor();
    const { merchantId } = approvalExample;
    await eventually(() =>
      expect(services.attemptSearches).toContain(`?merchantId=${merchantId}&customerId=customer-1&limit=11`),
    );
  });

  it('shows the way of an attempt through all services beside its decision', async () => {
    const timeline = page.getByRole('list', { name: 'Timeline' });
    await timeline.getByText(/^journal entry/).waitFor();
    expect(new Set(await timeline.locator('.service').allTextContents())).toEqual(
      new Set(['intake', 'risk', 'approvals', 'gateway', 'ledger']),
    );
  });

  it('takes a decision by keyboard, and says that it took effect only when it did', async () => {
    await open('urgent');
    expect(await lookAtBoth(page, 'review')).toEqual([]);
    await page.getByLabel('Note').fill('Known customer');
    await page.keyboard.press('Alt+Shift+KeyA');
    await expectSays(`Approved by ${REVIEWER}. It has not taken effect yet.`);
    expect(await verdict().textContent()).toContain('“Known customer”');
    services.change('urgent', (answer) => ({ ...answer, tollgate: { ...answer.tollgate, effect: 'applied' } }));
    await expectSays('It took effect.');
    expect(services.changes).toEqual(['urgent approved']);
  });

  it('says of a late approval that nothing was charged', async () => {
    services.change('urgent', (answer) => ({ ...answer, tollgate: { ...answer.tollgate, effect: 'refused_late' } }));
    await expectSays(/too late.*nothing was charged/);
  });

  it('asks to look again when the data changes under the eyes, and shows what has changed', async () => {
    await open('calm');
    services.change('calm', (answer) => ({
      ...answer,
      dataSnapshotHash: 'newer',
      tollgate: {
        ...answer.tollgate,
        dataSnapshot: { ...answer.tollgate.dataSnapshot, card: { bin: '555555', last4: '4444', network: 'VISA' } },
      },
    }));
    await expectSays(/data has changed since you opened it.*Nothing was decided/);
    expect(await verdict().textContent()).toContain('card.bin: 411111 → 555555');
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await page.getByRole('button', { name: 'I have seen the new data' }).click();
    await page.getByRole('button', { name: 'Approve' }).waitFor();
  });

  it('says that nothing was decided when the service finds the decision stale', async () => {
    await page.route('**/v0/approvals/calm', async (route) => {
      const body = route.request().postDataJSON() as object | null;
      await (body === null ? route.continue() : route.continue({ postData: { ...body, dataSnapshotHash: 'older' } }));
    });
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('The data had changed before your decision arrived.').waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isEnabled()).toBe(true);
    await page.unrouteAll();
  });

  it.each<[what: string, refuse: (route: Route) => Promise<void>]>([
    ['was lost', (route) => route.abort()],
    ['says only that something went wrong', (route) => route.fulfill({ status: 500, json: { title: 'Oh' } })],
  ])('does not guess what became of a decision whose answer %s', async (_, refuse) => {
    await page.route('**/v0/approvals/calm', (route) =>
      route.request().method() === 'PATCH' ? refuse(route) : route.continue(),
    );
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('It is not known whether your decision arrived.').waitFor();
    expect(services.changes.filter((change) => change === 'calm approved')).toHaveLength(1);
    await page.unrouteAll();
    await page.reload();
  });

  it('keeps its place and a claim when it is loaded again in the middle', async () => {
    await page.getByRole('button', { name: 'Claim' }).click();
    await page.getByRole('button', { name: 'Give back' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Give back' }).waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).isEnabled()).toBe(true);
  });

  it('lets nobody approve what somebody else has claimed, nor vote twice', async () => {
    const approve = page.getByRole('button', { name: 'Approve' });
    const claim = { by: 'ben@shop.test', until: '2099-01-01T00:00:00.000Z' };
    services.change('calm', (answer) => ({ ...answer, tollgate: { ...answer.tollgate, claim } }));
    await page.getByText('ben@shop.test has claimed it').waitFor();
    expect(await approve.isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'Reject' }).isDisabled()).toBe(false);
    const vote = { reviewer: REVIEWER, decision: 'approved', note: null, at: claim.until };
    const voted = { claim: null, votes: [vote], quorum: { required: 2, given: 1 } };
    services.change('calm', (answer) => ({ ...answer, tollgate: { ...answer.tollgate, ...voted } }));
    await expectSays(/Your vote is approved.*nothing is decided yet/);
    expect(await approve.count()).toBe(0);
  });

  it('tells whoever decides second that the first was somebody else', async () => {
    services.change('calm', (answer) => ({ ...answer, decision: 'rejected', reviewer: 'ben@shop.test' }));
    await expectSays('Rejected by ben@shop.test');
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('takes a rejection by keyboard, with the note that was typed', async () => {
    services.open('unwanted', 60_000);
    await open('unwanted');
    await page.getByLabel('Note').fill('Not known');
    await page.keyboard.press('Alt+Shift+KeyR');
    await expectSays(`Rejected by ${REVIEWER}`);
    expect(await verdict().textContent()).toContain('“Not known”');
    expect(services.changes.at(-1)).toBe('unwanted rejected');
  });

  it('says that time is over while the page is open, and takes the buttons away', async () => {
    services.open('short', 12_000);
    await open('short');
    await expectSays(/^Time is over\..*nobody can any more/);
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    services.change('short', (answer) => ({ ...answer, decision: 'cancelled' }));
    await expectSays(/^Void\..*Nothing was approved/);
  });

  it.each([
    ['Attempts', 'attempts'],
    ['Rules', 'rules'],
    ['Overview', 'overview'],
  ])('%s can be read by everybody, in light and in dark', async (title, name) => {
    await page.getByRole('link', { name: title }).click();
    await page.getByRole('heading', { level: 1, name: title }).waitFor();
    await page.getByRole('table').first().waitFor();
    expect(await lookAtBoth(page, name)).toEqual([]);
  });

  it('finds attempts by an order or a customer, and one by its id', async () => {
    const { paymentAttemptId } = attemptExample;
    await page.goto(`${url}/attempts`);
    const search = async (term: string) => {
      await page.getByLabel('Attempt id, order or customer').fill(term);
      await page.keyboard.press('Enter');
    };
    await search('customer-7');
    await page.getByRole('heading', { name: 'Found for “customer-7”' }).waitFor();
    await eventually(() =>
      expect(services.attemptSearches).toEqual(
        expect.arrayContaining(['?orderId=customer-7&limit=50', '?customerId=customer-7&limit=50']),
      ),
    );
    await search(paymentAttemptId.toUpperCase());
    await page.waitForURL(new RegExp(`/attempts/${paymentAttemptId}$`));
  });

  it('counts the hits of the rules that are live or in the shadow', async () => {
    await page.goto(`${url}/rules`);
    const live = page.getByRole('row', { name: /^amount-over-limit/ });
    await live.getByRole('cell', { name: '3', exact: true }).waitFor();
    const shadow = page.getByRole('row', { name: /^not-small/ });
    expect(await shadow.getByRole('cell').allTextContents()).toEqual(expect.arrayContaining(['198', '16.4 %', '2']));
  });

  it('draws where a shadow differs, with every figure of the drawing in a table', async () => {
    await page.getByRole('link', { name: 'Shadows' }).click();
    const chart = page.getByRole('img', { name: /decided APPROVE: 1004 APPROVE, 188 REVIEW/ });
    await chart.waitFor();
    const table = page.getByRole('region', { name: 'Decisions compared' });
    expect(await table.getByRole('row').nth(1).textContent()).toBe('APPROVEREVIEW18815.6 %€94,120.00, £8,200.00');
    expect(await lookAtBoth(page, 'shadows')).toEqual([]);
  });

  it('runs a backtest for whoever may, and draws what came of it', async () => {
    await page.getByRole('link', { name: 'Backtests' }).click();
    await page.getByRole('img', { name: /not-small: 30 right, 90 wrong, 71 not known/ }).waitFor();
    expect(await lookAtBoth(page, 'backtest')).toEqual([]);
    expect(await page.getByRole('button', { name: 'Run the backtest' }).count()).toBe(0);
    services.role = 'operator';
    await page.reload();
    await page.getByRole('button', { name: 'Run the backtest' }).click();
    await page.waitForURL(/id=7d1c7cc3/);
    await page.getByRole('region', { name: 'Backtest', exact: true }).getByText('30100').waitFor();
    services.role = 'reviewer';
  });

  it('shows an attempt with the times of its steps', async () => {
    await page.getByRole('link', { name: 'Attempts' }).click();
    await page.getByRole('link', { name: 'order-1' }).click();
    const timeline = page.getByRole('list', { name: 'Timeline' });
    await timeline.getByText(/^journal entry/).waitFor();
    expect(await timeline.locator('.offset').first().textContent()).toBe('+0.000 s');
    expect(await timeline.locator('.service').allTextContents()).toEqual([
      ...['intake', 'risk', 'intake', 'approvals', 'approvals', 'intake'],
      ...['gateway', 'gateway', 'intake', 'ledger', 'ledger'],
    ]);
    expect(await lookAtBoth(page, 'attempt')).toEqual([]);
  });

  it('fits a phone: nothing is wider than the screen', async () => {
    services.open('phone', 60_000);
    await page.setViewportSize({ width: 360, height: 740 });
    const places = ['attempts', 'rules', 'rules/shadows', 'rules/backtests', 'overview', 'review', 'review/phone'];
    const attempt = `attempts/${attemptExample.paymentAttemptId}`;
    for (const place of [...places, attempt]) {
      await page.goto(`${url}/${place}`);
      await page.getByRole('heading').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    }
    await page
      .getByRole('list', { name: 'Timeline' })
      .getByText(/^journal entry/)
      .waitFor();
    expect(await lookAtBoth(page, 'attempt-phone')).toEqual([]);
    await page.goto(`${url}/review/phone`);
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    expect(await lookAtBoth(page, 'phone')).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('lets somebody in by an invitation’s link, also on a phone', async () => {
    const invited = await visit(browser, `${url}/invitation#token=withdrawn`);
    await invited.page.setViewportSize({ width: 360, height: 740 });
    const accept = async () => {
      await invited.page.getByLabel('Password').fill('a password of my own, long enough');
      await invited.page.getByRole('button', { name: 'Accept' }).click();
    };
    await accept();
    expect(await invited.page.getByRole('alert').textContent()).toBe('This link does not let anybody in');
    expect(await invited.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await invited.page.setViewportSize({ width: 1280, height: 900 });
    await invited.page.goto(`${url}/invitation#token=${INVITATION}`);
    await invited.page.reload();
    expect(await lookAtBoth(invited.page, 'invitation')).toEqual([]);
    await accept();
    await invited.page.getByRole('heading', { name: 'Review queue' }).waitFor();
    expect(invited.complaints).toEqual([]);
    await invited.context.close();
  });

  it('lets a viewer look and not decide', async () => {
    services.role = 'viewer';
    await page.reload();
    await page.getByText('Your role lets you look at approvals, not decide them.').waitFor({ timeout: PATIENCE_MS });
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });

  it('offers the way by the company’s provider where there is one, and says why it came to nothing', async () => {
    services.hasProvider = true;
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.goto(`${url}/?refused=oidc`);
    await page.getByRole('alert').filter({ hasText: 'Your company’s account does not open this.' }).waitFor();
    const way = page.getByRole('link', { name: 'Sign in with your company’s account' });
    expect(await way.getAttribute('href')).toBe('/oidc/sign-in');
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.setViewportSize({ width: 1280, height: 900 });
    await signIn(page, { email: REVIEWER, password: PASSWORD });
  });

  it('asked its own server alone, complained of nothing, and leaves nothing behind', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    expect(reviewer.addresses.filter((address) => !address.startsWith(`${url}/`))).toEqual([]);
    expect(reviewer.complaints).toEqual([]);
    expect(await page.evaluate('document.cookie + localStorage.length + sessionStorage.length')).toBe('00');
  });
});
