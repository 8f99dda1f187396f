import { setTimeout as delay } from 'node:timers/promises';

import type { z } from 'zod';

/** A service that is being restarted gets this long to come back. */
const PATIENCE_MS = 90_000;
const PAUSE_MS = 200;
const ANSWER_WITHIN_MS = 70_000;
/** A gateway between, or a service that says it cannot now. */
const PASSING_STATUSES = new Set([429, 502, 503, 504]);

export interface JsonAnswer<Body> {
  status: number;
  body: Body;
}

/** A service answered, and not as it promised. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

/**
 * Speaks JSON with one service. What fails for a moment (nobody listens, 503) is asked again, for the services may be
 * killed while the sample runs; so only requests that may be repeated belong here.
 */
export class JsonClient {
  /** @param headers sent with every request, credentials among them */
  constructor(
    private readonly origin: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** @throws UnexpectedAnswer when the answer is not of the schema */
  async get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const found = await this.find(path, schema);
    if (found === undefined) throw new UnexpectedAnswer(`GET ${this.origin}${path} is answered 404`);
    return found;
  }

  /** As `get`; undefined for a 404. */
  async find<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const answer = await this.request('GET', path);
    return answer.status === 404 ? undefined : this.read(`GET ${path}`, answer, [200], schema);
  }

  /** @throws UnexpectedAnswer when the answer has another status or is not of the schema */
  async post<Schema extends z.ZodType>(
    path: string,
    {
      body,
      headers,
      expected,
      schema,
    }: { body: unknown; headers?: Record<string, string>; expected: readonly number[]; schema: Schema },
  ): Promise<JsonAnswer<z.output<Schema>>> {
    const answer = await this.request('POST', path, { body: JSON.stringify(body), headers: headers ?? {} });
    return { status: answer.status, body: this.read(`POST ${path}`, answer, expected, schema) };
  }

  /** As `post`, by PATCH. @throws UnexpectedAnswer */
  async patch<Schema extends z.ZodType>(
    path: string,
    { body, expected, schema }: { body: unknown; expected: readonly number[]; schema: Schema },
  ): Promise<JsonAnswer<z.output<Schema>>> {
    const answer = await this.request('PATCH', path, { body: JSON.stringify(body), headers: {} });
    return { status: answer.status, body: this.read(`PATCH ${path}`, answer, expected, schema) };
  }

  private read<Schema extends z.ZodType>(
    what: string,
    answer: { status: number; text: string },
    expected: readonly number[],
    schema: Schema,
  ): z.output<Schema> {
    if (!expected.includes(answer.status)) {
      throw new UnexpectedAnswer(
        `${what} at ${this.origin} is answered ${answer.status}: ${answer.text.slice(0, 400)}`,
      );
    }
    const parsed = schema.safeParse(JSON.parse(answer.text));
    if (parsed.success) return parsed.data;
    throw new UnexpectedAnswer(`${what} at ${this.origin} is not of the promised shape: ${parsed.error.message}`);
  }

  private async request(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    content?: { body: string; headers: Record<string, string> },
  ): Promise<{ status: number; text: string }> {
    const giveUpAt = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        const answer = await fetch(`${this.origin}${path}`, {
          method,
          headers: {
            ...this.headers,
            ...content?.headers,
            ...(content === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(content === undefined ? {} : { body: content.body }),
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        });
        const text = await answer.text();
        if (!PASSING_STATUSES.has(answer.status) || performance.now() > giveUpAt)
          return { status: answer.status, text };
      } catch (error) {
        if (performance.now() > giveUpAt) {
          throw new UnexpectedAnswer(`${method} ${this.origin}${path} gets no answer`, { cause: error });
        }
      }
      await delay(PAUSE_MS);
    }
  }
}
