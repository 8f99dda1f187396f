import type { ApprovalProblem } from '@tollgate/contracts';
import type { Problem, ProblemAnswer } from '@tollgate/platform';

/** Statuses that Paygentic's API does not have, and the one that it answers instead. */
const STATUSES: Readonly<Record<number, number>> = { 405: 404, 413: 400, 415: 400, 422: 400 };

const CATEGORIES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'too_many_requests',
  503: 'service_unavailable',
};

/**
 * Under `/v0` a problem is answered as Paygentic answers it: `{ message, error, code }`, and 400 for whatever does not
 * fit. Elsewhere undefined: problem details, as everywhere.
 */
export function toApprovalProblem(url: string, problem: Problem): ProblemAnswer | undefined {
  if (!/^\/v0(?:[/?]|$)/.test(url)) {
    return undefined;
  }
  const { title, detail, code, errors, facts } = problem.body;
  const status = STATUSES[problem.status] ?? problem.status;
  const misfits = (errors ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const details = { ...facts, ...(errors === undefined ? {} : { errors }) };
  const body: ApprovalProblem = {
    message: [detail ?? title, ...misfits].join('; '),
    error: CATEGORIES[status] ?? 'internal_server_error',
    code,
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
  return { status, headers: { ...problem.headers, 'content-type': 'application/json; charset=utf-8' }, body };
}
