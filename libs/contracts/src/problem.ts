import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';

const codes = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** One field that did not fit: `path` in dotted form (`order.amount`), empty for the body as a whole. */
export const fieldProblem = z.object({ path: z.string(), message: z.string() });

/** Error body of every HTTP answer (RFC 9457), with the closed list of codes. */
export const problemDetails = z
  .object({
    type: z.string().meta({ description: 'urn:tollgate:problem:<code in kebab case>' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(codes),
    detail: z.string().optional(),
    errors: z.array(fieldProblem).optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
    traceId: z.string().optional(),
  })
  .meta({ id: 'ProblemDetails' });
export type ProblemDetails = z.infer<typeof problemDetails>;

/** The stable `type` of a problem, for clients that dispatch on it. */
export function problemType(code: ErrorCode): string {
  return `urn:tollgate:problem:${code.toLowerCase().replaceAll('_', '-')}`;
}
