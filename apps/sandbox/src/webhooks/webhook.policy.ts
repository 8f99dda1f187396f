import { createHmac } from 'node:crypto';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';

/**
 * How long after a failed try the next one is made, from Primer's page "Configure webhooks"; after the last one the
 * webhook is dropped for ever.
 */
export const RETRY_DELAYS_SECONDS = [10, 60, 300, 600, 900] as const;

/** Primer adds jitter without saying how much; a tenth keeps the steps apart. */
export const RETRY_JITTER_RATIO = 0.1;

/**
 * The moment of the next try.
 *
 * @param triesMade how many deliveries have failed so far (1 or more)
 * @param jitter a number in [0, 1)
 * @returns microseconds since 1970, or nothing when the webhook is to be dropped
 */
export function nextTryAtMicros(triesMade: number, nowMicros: number, jitter: number): number | undefined {
  const delaySeconds = RETRY_DELAYS_SECONDS[triesMade - 1];
  if (delaySeconds === undefined) return undefined;
  return nowMicros + Math.round(delaySeconds * (1 + RETRY_JITTER_RATIO * jitter) * MICROS_PER_SECOND);
}

/** Any 2xx is a success; a redirect is a failure and is not followed. */
export function isDelivered(statusCode: number): boolean {
  return statusCode >= 200 && statusCode <= 299;
}

/** `X-Signature-Primary`: base64 of the HMAC over the raw bytes of the body. */
export function signWebhook(rawBody: string, secret: string): string {
  return createHmac('sha256', secret).update(rawBody, 'utf8').digest('base64');
}
