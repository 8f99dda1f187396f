import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { z } from 'zod';
import { toInputJsonSchema } from './json-schema.policy.ts';

/** Documents each field of a query schema as an optional parameter of its own. */
export function DocumentedQuery(schema: z.ZodObject): MethodDecorator {
  const fields = Object.entries(schema.shape);
  return applyDecorators(
    ...fields.map(([name, field]) => ApiQuery({ name, required: false, schema: toInputJsonSchema(field) })),
  );
}
