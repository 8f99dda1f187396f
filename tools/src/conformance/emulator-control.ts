import { CannotPrepare } from './answer.types.ts';

/** What the emulator is asked to do to a call: one of its faults. */
export interface Fault {
  readonly kind: 'ANSWER';
  readonly status: number;
  readonly errorId?: string;
}

/** An attempt as the browser's event would tell of it. */
export interface StartedAttempt {
  readonly paymentAttemptId: string;
  readonly clientSessionId: string;
}

/** The emulator's control API: what brings it where Primer's own sandbox cannot be brought. */
export class EmulatorControl {
  constructor(
    private readonly baseUrl: string,
    private readonly operatorToken: string,
  ) {}

  /** @param wish amount, currencyCode, orderId, and what is special about the attempt */
  async startAttempt(wish: object): Promise<StartedAttempt> {
    return (await this.#post('/attempts', wish)) as StartedAttempt;
  }

  async makeToken(wish: object): Promise<string> {
    const { token } = (await this.#post('/tokens', wish)) as { readonly token: string };
    return token;
  }

  async advanceClock(advanceMs: number): Promise<void> {
    await this.#post('/clock', { advanceMs });
  }

  async passChallenge(paymentId: string): Promise<string> {
    const { resumeToken } = (await this.#post(`/payments/${paymentId}/challenge`, {})) as {
      readonly resumeToken: string;
    };
    return resumeToken;
  }

  /** The next call to Primer's API is answered like this, once. @returns how to take it back should none have come */
  async forceNextAnswer(fault: Fault): Promise<() => Promise<void>> {
    const { data } = (await this.#post('/faults', { ...fault, times: 1 })) as {
      data: ReadonlyArray<{ faultId: number }>;
    };
    return async () => {
      for (const { faultId } of data) await this.#send('DELETE', `/faults/${faultId}`);
    };
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await this.#send('POST', path, JSON.stringify(body));
    if (!response.ok) {
      throw new CannotPrepare(`POST /_sandbox${path} is answered ${response.status}`);
    }
    return response.json();
  }

  /** @throws CannotPrepare when nobody answers: the rows that need no control are worth asking all the same */
  async #send(method: string, path: string, body?: string): Promise<Response> {
    try {
      return await fetch(`${this.baseUrl}/_sandbox${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.operatorToken}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body }),
        signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      throw new CannotPrepare(`${method} /_sandbox${path} is not answered`, { cause: error });
    }
  }
}
