import { describe, expect, it } from '@jest/globals';
import { RouteTable } from './route-table.ts';

describe('RouteTable', () => {
  const table = new RouteTable();
  table.add('GET', '/v1/attempts/:id');
  table.add(['HEAD'], '/v1/attempts/:id');
  table.add('POST', '/v1/attempts');
  table.add('GET', '/docs/*');
  table.add('GET', '/openapi.json');

  it.each([
    ['/v1/attempts/a?wait=1', ['GET', 'HEAD']],
    ['/v1/attempts', ['POST']],
    ['/v1/attempts/a/b', []],
    ['/docs/a/b.css', ['GET']],
    ['/openapi.json', ['GET']],
    ['/openapiXjson', []],
    ['', []],
  ])('finds the methods of %s', (target, methods) => {
    expect(table.findMethods(target)).toEqual(methods);
  });
});
