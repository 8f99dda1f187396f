import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { IntakeOptions } from '../intake-options.types.ts';
import type { AttemptKey } from '../attempts/attempt.types.ts';

/** A shopper waits 90 seconds; a reload or two on top. Every answer carries a fresh token. */
const LIFE_MS = 10 * 60_000;

/** Whose events a token opens, and until when. */
export interface ReadGrant extends AttemptKey {
  readonly until: Date;
}

/** Short-lived tokens that let a browser read the events of one attempt, and nothing else. */
@Injectable()
export class ReadTokens {
  constructor(private readonly options: IntakeOptions) {}

  /** `<claims>.<signature>`, both base64url, so that it fits into a URL as it is. */
  issue({ merchantId, paymentAttemptId }: AttemptKey, now: number = Date.now()): string {
    const claims = Buffer.from(JSON.stringify([merchantId, paymentAttemptId, now + LIFE_MS])).toString('base64url');
    return `${claims}.${this.#sign(claims).toString('base64url')}`;
  }

  /** @returns undefined for a token that is not ours, is over, or is for another attempt */
  verify(token: string, paymentAttemptId: string, now: number = Date.now()): ReadGrant | undefined {
    const [claims, signature, ...rest] = token.split('.');
    if (claims === undefined || signature === undefined || rest.length > 0) {
      return undefined;
    }
    const presented = Buffer.from(signature, 'base64url');
    const expected = this.#sign(claims);
    if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) {
      return undefined;
    }
    const [merchantId, attemptId, untilMs] = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as [
      string,
      string,
      number,
    ];
    return attemptId === paymentAttemptId && now < untilMs
      ? { merchantId, paymentAttemptId, until: new Date(untilMs) }
      : undefined;
  }

  #sign(claims: string): Buffer {
    return createHmac('sha256', this.options.readTokenKey).update(claims).digest();
  }
}
