import { isUnattended } from './attention.store.ts';

/** What a server said was wrong: RFC 9457 problem details, or approvals' own body `{ message, error, code }`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** 0: no server could be reached at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    /** The whole answer, for what a caller knows to look for in it. */
    readonly body: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  /** Whether the question took effect is not known: no answer came, or one that says nothing of what was done before. */
  get isInDoubt(): boolean {
    return this.status === 0 || this.status >= 500;
  }

  /** Nobody answered, or somebody said to come back: the same call may work in a moment. */
  get isPassing(): boolean {
    return [0, 429, 502, 503, 504].includes(this.status);
  }
}

/** The header that proves that a change was asked for by this page. */
const CSRF_HEADER = 'x-csrf-token';
/** The header of what the page asks for while nobody touches it. */
const UNATTENDED_HEADER = 'x-unattended';

let csrfToken: string | undefined;
let whenSessionIsOver: () => void = () => undefined;

/** Set by the session: the token that changes are sent with, and what to do when a server no longer knows us. */
export function configureApi(settings: { csrfToken: string | undefined; onSessionOver: () => void }): void {
  csrfToken = settings.csrfToken;
  whenSessionIsOver = settings.onSessionOver;
}

/**
 * Asks the console's own server.
 * @throws ApiProblem for every answer that is not 2xx, and when there is none
 */
export async function ask<Body>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Body> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(isUnattended() ? { [UNATTENDED_HEADER]: '1' } : {}),
      ...(csrfToken === undefined || method === 'GET' ? {} : { [CSRF_HEADER]: csrfToken }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(unreachable);
  const answer = await readBody(response).catch(unreachable);
  if (response.ok) return answer as Body;
  if (response.status === 401) whenSessionIsOver();
  throw toProblem(response.status, answer);
}

/** A call of a service, by the console. */
export function askService<Body>(service: string, path: string): Promise<Body> {
  return ask<Body>('GET', `/api/${service}${path}`);
}

/** The same where knowing nothing is an answer. */
export async function findInService<Body>(service: string, path: string): Promise<Body | undefined> {
  try {
    return await askService<Body>(service, path);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return undefined;
    throw error;
  }
}

/** Also of an answer that broke off in its middle. */
function unreachable(cause: unknown): never {
  throw new ApiProblem(0, 'UNREACHABLE', 'The console’s server cannot be reached.', { cause: String(cause) });
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === '' || !(response.headers.get('content-type') ?? '').includes('json')) return {};
  return JSON.parse(text) as unknown;
}

function toProblem(status: number, answer: unknown): ApiProblem {
  const body = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  const message = [body['detail'], body['message'], body['title']].find((each) => typeof each === 'string');
  const code = typeof body['code'] === 'string' ? body['code'] : `HTTP_${status}`;
  return new ApiProblem(status, code, typeof message === 'string' ? message : `The server answered ${status}.`, body);
}
