import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';

import { launchChromium } from '../e2e/chromium.ts';
import { type ConsoleVisit, findBarriers, lookAtBoth, signIn, visit } from './console-browser.ts';
import { ConsoleStandIn, PASSWORD, REVIEWER } from './console-stand-in.ts';

jest.setTimeout(120_000);

const RULE = '    when: order.amountMinor > 40000';
const document = (first: string) =>
  ['name: stricter', 'rules:', '  - name: large', first, '    then: review', '    reason: large-order']
    .concat('  - name: large', RULE, '    then: abort', '    reason: large-order')
    .join('\n');

const services = new ConsoleStandIn();
services.role = 'operator';
let url: string;
let browser: Browser;
let operator: ConsoleVisit;
let page: Page;

beforeAll(async () => {
  url = await services.listen();
  browser = await launchChromium();
  operator = await visit(browser, `${url}/rules`);
  ({ page } = operator);
  await signIn(page, { email: REVIEWER, password: PASSWORD });
});
afterAll(async () => {
  await browser.close();
  services.close();
});

const text = () => page.getByRole('textbox', { name: /^Document/ });
const problems = () => page.getByRole('list', { name: 'Problems of the document' });
const drafts = () => page.getByText('Drafts and retired sets (1)');

describe('drafting a rule set on the page', () => {
  it('says of what was pasted, by line and rule, why it was not taken in, and goes to that line', async () => {
    await page.getByText('Draft a rule set').click();
    await text().fill(document('    when: order.amout > 40000'));
    await page.getByRole('button', { name: 'Take it in as a draft' }).click();
    await problems().waitFor();
    expect(await problems().getByRole('listitem').allTextContents()).toEqual([
      'Line 4 rule "large", rules.0.when, character 6: No such key: amoutwhen: order.amout > 40000',
      'Line 7 rule "large", rules.1.name: a name stands once in a set- name: large',
    ]);
    expect(await text().getAttribute('aria-invalid')).toBe('true');
    expect(await drafts().count()).toBe(0);
    await page.getByRole('button', { name: 'Line 4' }).press('Enter');
    const chosen = await page.evaluate<string>(
      '(({ value, selectionStart, selectionEnd }) => value.slice(selectionStart, selectionEnd))(document.activeElement)',
    );
    expect(chosen).toBe('    when: order.amout > 40000');
    expect(await lookAtBoth(page, 'draft')).toEqual([]);
  });

  it('fits a phone, however long the lines are', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    expect(await problems().isVisible()).toBe(true);
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('takes a file in by keyboard; the draft then stands in the list, and nothing is decided by it', async () => {
    const buffer = Buffer.from(document(RULE));
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open a file' }).press('Enter');
    await (await chooser).setFiles({ name: 'stricter.yaml', mimeType: 'application/yaml', buffer });
    await page.getByLabel('Note').fill('as agreed');
    await page.getByRole('button', { name: 'Take it in as a draft' }).press('Enter');
    await page.getByRole('status').filter({ hasText: 'stricter d4af9c51d27e is a draft' }).waitFor();
    expect(services.rules.drafted.at(-1)).toEqual({ document: document(RULE), note: 'as agreed' });
    await drafts().waitFor();
    await page.getByRole('region', { name: 'Rules of stricter d4af9c51d27e' }).waitFor();
    expect(await text().inputValue()).toBe('');
    expect(await findBarriers(page)).toEqual([]);
  });

  it('says of what is known already that it is, and makes no second draft of it', async () => {
    await text().fill(document(RULE));
    await page.getByRole('button', { name: 'Take it in as a draft' }).click();
    await page.getByRole('status').filter({ hasText: 'stricter d4af9c51d27e is a draft' }).waitFor();
    expect(await drafts().count()).toBe(1);
  });

  it('is offered to nobody who may not', async () => {
    services.role = 'reviewer';
    await page.reload();
    await drafts().waitFor();
    expect(await page.getByText('Draft a rule set').count()).toBe(0);
    expect(operator.complaints).toEqual([]);
  });
});
