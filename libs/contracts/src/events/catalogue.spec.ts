import { expect, it } from '@jest/globals';
import { EVENT_CATALOGUE, toAsyncApi, toEventSchemas } from './catalogue.ts';

it.each(EVENT_CATALOGUE.map(({ definition, example }) => [definition.type, definition, example] as const))(
  'shows an example of %s that fits its own schema',
  (_type, definition, example) => {
    expect(definition.schema.safeParse(example).error).toBeUndefined();
    expect(definition.keyOf(example as never)).toBeTruthy();
  },
);

it('describes every event once', () => {
  const types = EVENT_CATALOGUE.map(({ definition }) => definition.type);
  expect(new Set(types).size).toBe(types.length);
  expect(Object.keys(toEventSchemas())).toHaveLength(types.length);
  expect(Object.keys((toAsyncApi() as { components: { messages: object } }).components.messages)).toEqual(types);
});
