import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import * as contracts from '@tollgate/contracts';

import { REPOSITORY } from './source-files.ts';

const folder = join(REPOSITORY, 'docs/events');

describe('docs/events', () => {
  it('says what the contracts say; after a change: npm run generate', () => {
    const generated = { 'asyncapi.json': contracts.toAsyncApi(), ...contracts.toEventSchemas() };
    const committed = Object.fromEntries(
      readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown]),
    );
    // Through JSON, where a property that is undefined is no property.
    expect(committed).toEqual(JSON.parse(JSON.stringify(generated)));
  });

  it('tells about every event that the contracts define, with an example that fits its schema', () => {
    const defined = Object.values<unknown>(contracts)
      .filter(isEventDefinition)
      .map(({ type }) => type);
    const told = contracts.EVENT_CATALOGUE.map(({ definition }) => definition.type);
    const unfit = contracts.EVENT_CATALOGUE.filter(
      ({ definition, example }) => !definition.schema.safeParse(example).success,
    );

    expect(told.toSorted()).toEqual(defined.toSorted());
    expect(unfit.map(({ definition }) => definition.type)).toEqual([]);
  });
});

function isEventDefinition(value: unknown): value is contracts.EventDefinition {
  return typeof value === 'object' && value !== null && 'keyOf' in value && 'topic' in value;
}
