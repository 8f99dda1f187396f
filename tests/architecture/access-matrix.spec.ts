import { describe, expect, it } from '@jest/globals';
import { MERCHANT_KEY_SCOPES, OPERATOR_TOKEN_SCOPES, PLATFORM_KEY_SCOPES, ROLE_SCOPES } from '@tollgate/contracts';

import { COLUMNS, EVERYWHERE, MATRIX } from './access-matrix.ts';
import { findRoutes, type Route } from './route-access.ts';
import { readSourceFiles } from './source-files.ts';

const SCOPES_OF: Record<(typeof COLUMNS)[number], readonly string[]> = {
  ...ROLE_SCOPES,
  merchant: MERCHANT_KEY_SCOPES,
  platform: PLATFORM_KEY_SCOPES,
  token: OPERATOR_TOKEN_SCOPES,
};

const routes = findRoutes(readSourceFiles().filter(({ path }) => !/^(bench|apps\/sandbox)\//.test(path)));
const rowOf = new Map<string, string>([
  ...MATRIX.map(([app, method, path, cells]) => [`${app} ${method} ${path}`, cells] as const),
  ...EVERYWHERE.map(([method, path, cells]) => [`every ${method} ${path}`, cells] as const),
]);

/** Pages and people are served by the console, probes and metrics by every service. */
function keyOf({ name, method, path }: Route): string {
  const [, folder = '', place = ''] = /^(apps|libs)\/([^/]+)\//.exec(name) ?? [];
  const app = folder === 'apps' ? place : place === 'platform' ? 'every' : 'console';
  return `${app} ${method} ${path}`;
}

function cellsOf({ scopes }: Route): string {
  if (scopes.length === 0) return 'open';
  return COLUMNS.map((column) => (scopes.some((scope) => SCOPES_OF[column].includes(scope)) ? '+' : '-')).join('');
}

describe('the matrix of who may call what', () => {
  it('has a row for every route', () => {
    const unlisted = routes.filter((route) => !rowOf.has(keyOf(route)));
    expect(unlisted.map((route) => `${keyOf(route)} '${cellsOf(route)}'`)).toEqual([]);
    expect(routes.length).toBeGreaterThan(40);
  });

  it('says in every cell what the route and the scopes of that principal say', () => {
    const wrong = routes.filter((route) => {
      const row = rowOf.get(keyOf(route));
      return row !== undefined && (row === 'open' ? row : row.replaceAll('p', '+')) !== cellsOf(route);
    });
    expect(wrong.map((route) => `${keyOf(route)} ${rowOf.get(keyOf(route))}, and it is ${cellsOf(route)}`)).toEqual([]);
  });

  it('lets whoever has a higher role do all that a lower one may', () => {
    const people = [...rowOf].filter(([, cells]) => cells !== 'open').map(([key, cells]) => [key, cells.slice(0, 4)]);
    expect(people.filter(([, cells]) => /[+p].*-/.test(cells!))).toEqual([]);
  });
});
