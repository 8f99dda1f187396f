import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Browser, BrowserContext, Page } from 'playwright-core';

const IMAGES = fileURLToPath(new URL('../../docs/images', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** With a click and what follows: a browser is slow on a busy machine. */
export const PATIENCE_MS = 40_000;

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** A person's browser at the console, and everything that their pages complained of or asked for. */
export interface ConsoleVisit {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly complaints: string[];
  readonly addresses: string[];
}

/** Opens the console as somebody who has not been here before. */
export async function visit(browser: Browser, url: string): Promise<ConsoleVisit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' });
  context.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const addresses: string[] = [];
  context.on('console', (message) => {
    // A refused question is also an answer: pages show those, and the browser writes each down as an error.
    if (
      ['error', 'warning'].includes(message.type()) &&
      !/status of (401|403|404|409|422|500)|ERR_FAILED/.test(message.text())
    ) {
      complaints.push(message.text());
    }
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  context.on('request', (request) => addresses.push(request.url()));
  const page = await context.newPage();
  await page.goto(url);
  return { context, page, complaints, addresses };
}

/** Fills in the form of the first page and waits until it has let one in. */
export async function signIn(page: Page, { email, password }: Account): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** What axe finds on the page as it is now that is serious or worse. */
export async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate<string[]>(
    `axe.run().then(({ violations }) => violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)))`,
  );
}

/**
 * Looks at the page in light and in dark, and keeps a picture of each in docs/images when SCREENSHOTS is set; without it
 * tests leave no trace.
 * @returns the barriers of both
 */
export async function lookAtBoth(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await findBarriers(page)).map((barrier) => `${name}, ${colorScheme}: ${barrier}`));
    if (process.env['SCREENSHOTS']) {
      await mkdir(IMAGES, { recursive: true });
      await page.screenshot({ path: join(IMAGES, `console-${name}-${colorScheme}.png`) });
    }
  }
  return found;
}
