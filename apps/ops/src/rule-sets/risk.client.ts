import { KnownError } from '@tollgate/contracts';
import type { z } from 'zod';
import { EXIT, type ExitCode } from '../command-line/exit-code.policy.ts';
import type { Console } from '../output/console.service.ts';
import { toPrintable } from '../output/printable-text.policy.ts';

const ANSWER_WITHIN_MS = 60_000;

/** What risk answered that is no answer to what was asked. */
export class RiskRefused extends Error {
  override readonly name = 'RiskRefused';

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Runs a command to which risk may say no: its words then go beside the answer. */
export async function tellingRefusals(out: Console, work: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RiskRefused)) throw error;
    out.remark(toPrintable(error.message));
    return error.status === 404 ? EXIT.NOTHING_FOUND : EXIT.FAILED;
  }
}

/** Asks risk with somebody's key. */
export class RiskClient {
  constructor(
    private readonly origin: string,
    /** Asked for when it is needed: a command that cannot be understood needs none. */
    private readonly key: () => string,
  ) {}

  get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    return this.#ask('GET', path, schema);
  }

  post<Schema extends z.ZodType>(path: string, schema: Schema, body: unknown): Promise<z.output<Schema>> {
    return this.#ask('POST', path, schema, body);
  }

  /** @throws RiskRefused with risk's own words; KnownError INTERNAL where nobody answers */
  async #ask<Schema extends z.ZodType>(
    method: string,
    path: string,
    schema: Schema,
    body?: unknown,
  ): Promise<z.output<Schema>> {
    const answer = await this.#fetch(method, path, body);
    const text = await answer.text();
    if (!answer.ok) throw new RiskRefused(answer.status, explain(answer.status, text));
    return schema.parse(JSON.parse(text));
  }

  async #fetch(method: string, path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(`${this.origin}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.key()}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
    } catch (cause) {
      throw new KnownError('INTERNAL', { detail: `nobody answers at ${this.origin}`, cause });
    }
  }
}

/** Problem details (RFC 9457) in a person's words. */
function explain(status: number, text: string): string {
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    return detail ?? title ?? `risk answers ${status}`;
  } catch {
    return `risk answers ${status}`;
  }
}
