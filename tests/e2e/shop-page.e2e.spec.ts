import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, findDifferentDecisions, startStack } from '@tollgate/testing';
import type { Browser, Page } from 'playwright-core';

import { launchChromium } from './chromium.ts';

const stack = await startStack(import.meta.url);
const { sandbox, intake } = stack.services;

/** With a click, and with an outcome: a browser beside five services is slow on a busy machine. */
const PATIENCE_MS = 40_000;

let browser: Browser;
let page: Page;
/** Whatever the browser complained of: refused by the content policy, thrown, answered with an error. */
const complaints: string[] = [];
/** Every address that it asked, and everything that it was told. */
const addresses: string[] = [];
const told: Promise<string>[] = [];

/** Keeps what the page's events say, as a merchant's own script would hear them. */
const LISTENER = `
  window.heard = [];
  for (const name of ['primer:payment-approval-required', 'primer:payment-success', 'primer:payment-failure']) {
    document.addEventListener(name, ({ detail, bubbles, composed }) => {
      const { continueFlow, ...rest } = detail;
      window.heard.push({ name, bubbles, composed, continueFlow: typeof continueFlow, detail: rest });
    });
  }`;

beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => addresses.push(request.url()));
  page.on('response', (response) => {
    const body = response.status() === 303 ? '' : response.text().catch(() => '');
    told.push(Promise.resolve(body).then((text) => text + JSON.stringify(response.headers())));
  });
  await page.addInitScript(LISTENER);
  const link = await stack.ask<{ path: string }>('sandbox', '/_sandbox/shop-links', { method: 'POST' });
  await page.goto(sandbox.url + link.body.path);
});
afterAll(() => browser.close());

/** Picks by the words a person reads, and pays. */
async function begin(choice: string, amount = '42.00'): Promise<void> {
  await page.getByLabel('Amount').fill(amount);
  await page.getByRole('radio', { name: choice }).check();
  await page.getByRole('button', { name: /^Pay/ }).click();
}

/** Pays, and resolves to the headline of the outcome. */
async function pay(choice: string, amount?: string): Promise<string> {
  await begin(choice, amount);
  return outcome();
}

async function outcome(): Promise<string> {
  return eventually(
    async () => {
      const headline = (await page.getByRole('status').locator('.headline').textContent()) ?? '';
      expect(headline).not.toMatch(/^(Nothing yet|Paying …)$/);
      return headline;
    },
    { timeoutMs: PATIENCE_MS },
  );
}

async function stepsAt(place: string): Promise<string[]> {
  return page.getByRole('list', { name: place }).getByRole('listitem').allTextContents();
}

describe('the page of the shop, in a real browser', () => {
  it('plays the SDK: its event carries the documented detail, and a card that is good is paid', async () => {
    expect(page.url()).toBe(`${sandbox.url}/shop`);
    expect(await pay('Visa •••• 1111')).toBe('APPROVED · AUTHORIZED');

    expect(await page.evaluate('window.heard')).toEqual([
      {
        name: 'primer:payment-approval-required',
        bubbles: true,
        composed: true,
        continueFlow: 'function',
        detail: {
          clientSessionId: expect.any(String),
          paymentAttemptId: expect.any(String),
          timestamp: expect.any(Number),
          paymentMethodToken: expect.objectContaining({ tokenType: 'SINGLE_USE', vaultData: null }),
        },
      },
      expect.objectContaining({ name: 'primer:payment-success' }),
    ]);
  });

  it('shows what happened at Tollgate and at Primer, up to the webhook', async () => {
    await eventually(async () => {
      expect(await stepsAt('At Tollgate')).toEqual([
        expect.stringContaining('RECEIVED'),
        expect.stringContaining('DECIDED: APPROVE by rules'),
        expect.stringContaining('CONCLUDED: APPROVED'),
      ]);
      expect((await stepsAt('At Primer')).at(-1)).toContain('webhook PAYMENT.STATUS → 200');
    });
  });

  it.each([
    ['declined by its issuer', '42.00', 'APPROVED · DECLINED'],
    ['Expired attempt', '42.00', 'EXPIRED'],
    ['Lost answer', '42.00', 'APPROVED · AUTHORIZED'],
    ['Reloaded page', '19.90', 'APPROVED · AUTHORIZED'],
    ['Mastercard', '10000.01', 'ABORTED'],
  ])('%s, %s, ends as %s', async (choice, amount, ending) => {
    expect(await pay(choice, amount)).toBe(ending);
  });

  it.each([
    ['Yes, it is me', 'APPROVED · AUTHORIZED'],
    ['No', 'APPROVED · DECLINED'],
  ])("asks the shopper for the card's bank (3-D Secure): %s, and it ends as %s", async (answer, ending) => {
    await begin('3-D Secure');
    await page.getByRole('dialog', { name: 'bank asks' }).getByRole('button', { name: answer }).click();
    expect(await outcome()).toBe(ending);
  });

  it('takes no amount that is none in the currency, and says so', async () => {
    await page.getByLabel('Amount').fill('42.5');
    await page.getByLabel('Currency').selectOption('JPY');
    expect(await page.getByRole('alert').textContent()).toBe('This is no amount in JPY.');
    expect(await page.getByRole('button', { name: 'Pay' }).isDisabled()).toBe(true);
    await page.getByLabel('Currency').selectOption('EUR');
  });

  it('learns by an event of an outcome that the answer did not hold', async () => {
    // What the back end says when its patience has ended; the attempt itself takes its ordinary way.
    await page.route('**/shop/attempts', async (route) => {
      await route.fetch();
      await route.fulfill({ json: { status: 'RECEIVED' } });
    });
    expect(await pay('Visa •••• 1111')).toBe('APPROVED · AUTHORIZED');
    expect(addresses.some((address) => address.endsWith('/events'))).toBe(true);
  });

  it('asked nobody but its own server, was told no key, and complained of nothing', async () => {
    expect(
      addresses.filter((address) => !address.startsWith(`${sandbox.url}/shop`) && !address.startsWith('data:')),
    ).toEqual([]);
    expect(addresses.filter((address) => address.startsWith(intake.url))).toEqual([]);
    const everything = (await Promise.all(told)).join('\n');
    expect(everything).toContain('APPROVED');
    const { merchantId: _, reviewers, operators, admin, ...keys } = stack.credentials;
    const passwords = [...reviewers, ...operators, admin].map(({ password }) => password);
    const secrets = [...Object.values(keys), ...passwords];
    expect(secrets.filter((secret) => everything.includes(secret))).toEqual([]);
    expect(await page.evaluate('document.cookie + localStorage.length + sessionStorage.length')).toBe('00');
    expect(complaints).toEqual([]);
  });
});

it('every decision of the rules comes out the same again', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});
