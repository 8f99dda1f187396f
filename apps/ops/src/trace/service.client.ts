import type { z } from 'zod';

/** What one service said about the attempt. */
export type ServiceAnswer<Body> =
  | { readonly kind: 'answered'; readonly body: Body }
  /** The service knows nothing of it. */
  | { readonly kind: 'unknown' }
  /** It cannot be asked, or answers something else than it promises. */
  | { readonly kind: 'failed'; readonly problem: string };

const ANSWER_WITHIN_MS = 5_000;

/** Asks one service with the operator's token; never throws. */
export class ServiceClient {
  constructor(
    private readonly origin: string,
    private readonly operatorToken: string,
  ) {}

  /** GET, checked against the contract; 404 is `unknown`. */
  async get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<ServiceAnswer<z.output<Schema>>> {
    try {
      const answer = await fetch(`${this.origin}${path}`, {
        headers: { authorization: `Bearer ${this.operatorToken}`, accept: 'application/json' },
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (answer.status === 404) {
        return { kind: 'unknown' };
      }
      if (answer.status !== 200) {
        return { kind: 'failed', problem: `${this.origin} answers ${answer.status}${explain(answer.status)}` };
      }
      const parsed = schema.safeParse(await answer.json());
      return parsed.success
        ? { kind: 'answered', body: parsed.data }
        : { kind: 'failed', problem: `${this.origin} answers something of another shape than promised` };
    } catch {
      return { kind: 'failed', problem: `nobody answers at ${this.origin}` };
    }
  }
}

function explain(status: number): string {
  return status === 401 || status === 403 ? ': it knows another operator token' : '';
}
