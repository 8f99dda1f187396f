import type { OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

type SchemaObject = Exclude<
  NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string],
  { readonly $ref: string }
>;

const DOCUMENTED = new WeakMap<object, SchemaObject>();

/** The same schema, documented in other words: those of the provider, where a query's text is read as something else. */
export function documentAs<Schema extends z.ZodType>(schema: Schema, words: SchemaObject): Schema {
  DOCUMENTED.set(schema, words);
  return schema;
}

/** What a caller sends, as JSON Schema for the OpenAPI document; what JSON Schema cannot say is left open. */
export function toInputJsonSchema(schema: z.ZodType): SchemaObject {
  const { $schema: _dialect, ...jsonSchema } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: words }) => {
      const documented = DOCUMENTED.get(zodSchema);
      if (!documented) return;
      for (const name of Object.keys(words)) Reflect.deleteProperty(words, name);
      Object.assign(words, documented);
    },
  });
  return jsonSchema as SchemaObject;
}
