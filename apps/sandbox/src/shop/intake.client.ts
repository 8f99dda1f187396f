import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { type IntakeAccess, ShopOptions } from './shop-options.types.ts';
import { intakeRefused, intakeUnreachable, settingsMissing } from './shop.errors.ts';
import {
  type IntakeAttempt,
  intakeAttemptSchema,
  type IntakePosted,
  intakePostedSchema,
  problemSchema,
} from './shop.schema.ts';

/** How long intake is asked to wait for the outcome (RFC 7240); what takes longer comes as an event. */
const WAIT_SECONDS = 20;
const ANSWER_WITHIN_MS = 30_000;

interface IntakeRequest {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** What a shop's server asks of Tollgate. The key stays in here. */
@Injectable()
export class IntakeClient {
  constructor(private readonly options: ShopOptions) {}

  /** Posts an attempt and waits for its outcome. Repeating it is safe. @throws ShopError 502, 503 */
  async post(attempt: object): Promise<IntakePosted> {
    const answer = await this.ask('/v1/attempts', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: `wait=${WAIT_SECONDS}` },
      body: JSON.stringify(attempt),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!answer.ok) throw await refusal(answer);
    return read(answer, intakePostedSchema);
  }

  /** @returns undefined for an attempt that intake was never told of @throws ShopError 502, 503 */
  async find(attemptId: string): Promise<IntakeAttempt | undefined> {
    const answer = await this.ask(`/v1/attempts/${attemptId}`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw await refusal(answer);
    return read(answer, intakeAttemptSchema);
  }

  /**
   * The attempt's server-sent events, as intake sends them.
   * @param lastEventId what the page saw last
   * @returns undefined when there is nothing to come after that
   * @throws ShopError 502, 503
   */
  async openEvents(
    attemptId: string,
    { lastEventId, signal }: { lastEventId: string | undefined; signal: AbortSignal },
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const answer = await this.ask(`/v1/attempts/${attemptId}/events`, {
      headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
      signal,
    });
    if (!answer.ok) throw await refusal(answer);
    return answer.status === 204 || answer.body === null ? undefined : answer.body;
  }

  private async ask(path: string, request: IntakeRequest): Promise<Response> {
    const { url, apiKey } = this.access();
    try {
      return await fetch(`${url}${path}`, {
        ...request,
        headers: { ...request.headers, authorization: `Bearer ${apiKey}` },
        // Whoever answers with a redirect is not intake, and must not be sent the key.
        redirect: 'error',
      });
    } catch (error) {
      throw intakeUnreachable(error);
    }
  }

  private access(): IntakeAccess {
    if (this.options.intake === undefined) throw settingsMissing();
    return this.options.intake;
  }
}

async function read<Schema extends z.ZodType>(answer: Response, schema: Schema): Promise<z.output<Schema>> {
  try {
    return schema.parse(await answer.json());
  } catch (error) {
    throw intakeUnreachable(error);
  }
}

async function refusal(answer: Response): Promise<Error> {
  const problem = problemSchema.safeParse(await answer.json().catch(() => undefined));
  const words = problem.success ? (problem.data.detail ?? problem.data.title) : 'without a reason';
  return intakeRefused(answer.status, words);
}
