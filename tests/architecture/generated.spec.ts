import { expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { toAsyncApi, toEventSchemas } from '@tollgate/contracts';

const folder = new URL('../../docs/events/', import.meta.url);
const generated: Record<string, object> = { 'asyncapi.json': toAsyncApi(), ...toEventSchemas() };

it.each(Object.entries(generated))(
  'keeps docs/events/%s as the contracts say (npm run generate writes it)',
  (name, content) => {
    expect(JSON.parse(readFileSync(new URL(name, folder), 'utf8'))).toEqual(JSON.parse(JSON.stringify(content)));
  },
);

it('keeps nothing in docs/events that the contracts do not say', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  expect(files.toSorted()).toEqual(Object.keys(generated).toSorted());
});
