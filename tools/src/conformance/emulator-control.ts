import { CannotPrepare } from './matrix.types.ts';

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

  /** The next call to Primer's API is answered like this, once. */
  async forceNextAnswer(fault: Fault): Promise<void> {
    await this.#post('/faults', { ...fault, times: 1 });
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.baseUrl}/_sandbox${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) {
      throw new CannotPrepare(`POST /_sandbox${path} is answered ${response.status}`);
    }
    return response.json();
  }
}
