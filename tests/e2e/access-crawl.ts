import { randomUUID } from 'node:crypto';

import type { App, Stack } from '@tollgate/testing';

import { COLUMNS, EVERYWHERE, MATRIX, type MatrixRow } from '../architecture/access-matrix.ts';

/** Routes that no OpenAPI document names: the page's way to the services, whose routes are told there. */
const UNTOLD: Partial<Record<App, readonly string[]>> = { console: ['GET /api/*', 'POST /api/*', 'PATCH /api/*'] };
/** What is nobody's without a key although no controller serves it: an operator's documents, and what is not there. */
const BESIDE_ROUTES = ['/docs', '/nothing/here'];

/** The emulator plays a provider and knows no people; its own tests tell who may call it. */
type Crawled = Exclude<App, 'sandbox'>;

export interface Crawl {
  /** Routes that a service serves and no row of the matrix names. */
  unlisted: string[];
  /** Rows of the matrix that ask for a key and that no running service serves. */
  unserved: string[];
  /** Routes that answered something else than 401 to a caller without a key, or to one with a wrong key. */
  unguarded: string[];
  /** Cells in which a service did something else than the matrix says. */
  wrongCells: string[];
  /** Cells that were asked. */
  asked: number;
}

/** Asks every service of the stack, for every route that it has, as nobody, as a stranger and as each principal. */
export async function crawlAccess(stack: Stack): Promise<Crawl> {
  const crawl: Crawl = { unlisted: [], unserved: [], unguarded: [], wrongCells: [], asked: 0 };
  const tokens = await principalsOf(stack);
  const running = Object.values(stack.services).filter((service) => service.isRunning);
  for (const app of running.map((service) => service.app).filter((name): name is Crawled => name !== 'sandbox')) {
    const served = [...(await routesOf(stack, app)), ...(UNTOLD[app] ?? []), 'GET /openapi.json'];
    const rows = [...MATRIX, ...EVERYWHERE.map((row): MatrixRow => [app, ...row])].filter(([name]) => name === app);
    crawl.unlisted.push(
      ...served
        .filter((route) => !rows.some(([, method, path]) => route === `${method} ${path}`))
        .map((r) => `${app} ${r}`),
    );
    const isServed = ([, method, path]: MatrixRow): boolean => served.includes(`${method} ${path}`);
    for (const row of rows.filter(isServed)) await crawlRoute(stack.services[app].url, row, tokens, crawl);
    const unserved = rows.filter((row) => !isServed(row) && row[3] !== 'open');
    crawl.unserved.push(...unserved.map(([name, method, path]) => `${name} ${method} ${path}`));
    for (const path of BESIDE_ROUTES) {
      await crawlRoute(stack.services[app].url, [app, 'GET', path, '-------'], {}, crawl);
    }
  }
  return crawl;
}

async function principalsOf(stack: Stack): Promise<Record<(typeof COLUMNS)[number], string>> {
  const { intakeApiKey, platformApiKey, operatorToken, reviewers, operators, admin } = stack.credentials;
  return {
    viewer: await stack.signIn(reviewers[1], 'viewer'),
    reviewer: await stack.signIn(reviewers[0]),
    operator: await stack.signIn(operators[0]),
    admin: await stack.signIn(admin),
    merchant: intakeApiKey,
    platform: platformApiKey,
    token: operatorToken,
  };
}

async function routesOf(stack: Stack, app: Crawled): Promise<string[]> {
  const { body } = await stack.ask<{ paths: Record<string, Record<string, unknown>> }>(app, '/openapi.json');
  return Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
}

async function crawlRoute(
  origin: string,
  [app, method, path, cells]: MatrixRow,
  tokens: Partial<Record<string, string>>,
  crawl: Crawl,
): Promise<void> {
  const route = `${app} ${method} ${path}`;
  const url = `${origin}${path.replaceAll(/\{\w+\}|\*/g, randomUUID())}`;
  const nobody = [undefined, 'session_of-nobody'];
  for (const token of cells === 'open' ? [] : nobody) {
    const { status } = await knock(url, method, token);
    crawl.asked += 1;
    if (status !== 401) crawl.unguarded.push(`${route} answered ${status}`);
  }
  await Promise.all(
    COLUMNS.map(async (column, index) => {
      const [cell, token] = [cells === 'open' ? 'open' : cells[index], tokens[column]];
      if (token === undefined || cell === 'open' || cell === 'p') return;
      const { status, isScopeMissing } = await knock(url, method, token);
      crawl.asked += 1;
      const isLetIn = status !== 401 && !isScopeMissing;
      if (isLetIn !== (cell === '+'))
        crawl.wrongCells.push(`${route} as ${column}: "${cell}", and it answered ${status}`);
    }),
  );
}

/** A list is the body of no route: whoever is let in is told so, and nothing is done. */
async function knock(
  url: string,
  method: string,
  token: string | undefined,
): Promise<{ status: number; isScopeMissing: boolean }> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
    },
    ...(method === 'GET' ? {} : { body: '[]' }),
  });
  if (answer.status !== 403) {
    // A stream would go on for ever.
    await answer.body?.cancel();
    return { status: answer.status, isScopeMissing: false };
  }
  const { code } = (await answer.json()) as { code?: string };
  return { status: 403, isScopeMissing: code === 'SCOPE_MISSING' };
}
