import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import type { WebhookLetter } from './webhook-manner.types.ts';
import type { DeliveryResult } from './webhook.types.ts';

/** Answers are read to keep the connection, not for their content. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_CONNECTIONS = 32;

/** Posts a webhook to the merchant. Redirects are not followed: Primer counts them as failures. */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly agent = new Agent({ connections: MAX_CONNECTIONS });

  /** @param timeoutMs for the whole call, the answer's body included; Primer waits 10 seconds */
  constructor(private readonly timeoutMs: number) {}

  /** Never rejects: whatever goes wrong is a result. */
  async post(url: string, letter: WebhookLetter): Promise<DeliveryResult> {
    const call = new AbortController();
    const timer = setTimeout(() => call.abort(), this.timeoutMs);
    try {
      const answer = await request(url, {
        dispatcher: this.agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...letter.headers },
        body: letter.rawBody,
        signal: call.signal,
      });
      await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal: call.signal });
      return { statusCode: answer.statusCode };
    } catch (error) {
      return { error: call.signal.aborted ? 'TIMEOUT' : nameOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Breaks every call under way. */
  hangUp(): void {
    void this.agent.destroy();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }
}

function nameOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return 'UNKNOWN';
}
