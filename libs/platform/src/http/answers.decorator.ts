import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ERRORS, problemType, type ErrorCode } from '@tollgate/contracts';
import type { z } from 'zod';

/**
 * Documents one answer of a route: its schema and an example that fits it, which is checked when the class loads,
 * so an example cannot rot.
 * @throws Error if the example does not fit the schema
 */
export function Answers<S extends z.ZodType>(
  status: number,
  schema: S,
  { description, example }: { description: string; example: z.input<S> },
): MethodDecorator {
  const result = schema.safeParse(example);
  if (!result.success) {
    throw new Error(`The example of a ${status} answer does not fit its schema: ${result.error.message}`);
  }
  // An answer without a body has nothing to show.
  const content = example === undefined ? {} : { standardSchema: schema, example: toPlainJson(example) };
  return ApiResponse({ status, description, ...content });
}

/** Documents the problems (RFC 9457) a route answers with, each under the status of its code. */
export function AnswersProblem(...codes: readonly ErrorCode[]): MethodDecorator {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return applyDecorators(
    ...[...byStatus].map(([status, codesOfStatus]) =>
      ApiResponse({
        status,
        description: codesOfStatus.map((code) => `${code}: ${ERRORS[code].title}`).join('. '),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/ProblemDetails' },
            examples: Object.fromEntries(
              codesOfStatus.map((code) => [code, { summary: ERRORS[code].title, value: exampleOf(code) }]),
            ),
          },
        },
      }),
    ),
  );
}

function exampleOf(code: ErrorCode): object {
  const { title, status } = ERRORS[code];
  return { type: problemType(code), title, status, code, traceId: '4bf92f3577b34da6a3ce929d0e0e4736' };
}

function toPlainJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item)),
  );
}
