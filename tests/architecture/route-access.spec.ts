import { expect, it } from '@jest/globals';

import { findRoutes } from './route-access.ts';
import { readSourceFiles } from './source-files.ts';

it('every route says which scope it needs, or why it needs none', () => {
  // The benchmark's comparison services are nobody's to call.
  const routes = findRoutes(readSourceFiles().filter(({ path }) => !path.startsWith('bench/')));
  expect(routes.filter(({ saysWhoMayCall }) => !saysWhoMayCall).map(({ name }) => name)).toEqual([]);
  expect(routes.length).toBeGreaterThan(2);
});

it('a route that says neither is found, also behind a decorator of our own', () => {
  const controller = `
    @Controller('v1/things')
    export class ThingsController {
      @Get() @RequireScope('operator') list() {}
      @Post() create() {}
      @Delete() @OpenRoute('') remove() {}
      @Operation('GET', '/x') read() {}
      @Bare() write() {}
      notARoute() {}
    }`;
  const decorators = `
    export function Operation() { return applyDecorators(Get(), OpenRoute('the provider checks its own key')); }
    export function Bare() { return applyDecorators(Post()); }`;
  const routes = findRoutes([
    { path: 'things.controller.ts', text: controller },
    { path: 'operation.decorator.ts', text: decorators },
  ]);

  expect(routes.map(({ name, saysWhoMayCall }) => [name.split('.').at(-1), saysWhoMayCall])).toEqual([
    ['list', true],
    ['create', false],
    ['remove', false],
    ['read', true],
    ['write', false],
  ]);
});
