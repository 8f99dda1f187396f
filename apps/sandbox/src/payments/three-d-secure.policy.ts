import { createHash } from 'node:crypto';
import type { Payment, RequiredAction, ThreeDSecure } from './payment.types.ts';

const PROTOCOL_VERSION = '2.2.0';

/** Payments that the merchant starts: no shopper is there to be asked. */
const WITHOUT_SHOPPER = new Set(['SUBSCRIPTION', 'UNSCHEDULED']);

/** Whether the payment must wait until the shopper has answered the bank. */
export function needsChallenge(payment: Payment): boolean {
  return payment.instrument.threeDSecure === 'CHALLENGE' && !WITHOUT_SHOPPER.has(payment.paymentType ?? '');
}

/** What is known of 3-D Secure when a payment goes to the processor without waiting for the shopper. */
export function threeDSecureAtOnce(payment: Payment): ThreeDSecure {
  if (payment.instrument.threeDSecure === undefined) return { responseCode: 'NOT_PERFORMED' };
  if (payment.instrument.threeDSecure === 'CHALLENGE') return { responseCode: 'SKIPPED' };
  return { responseCode: 'AUTH_SUCCESS', protocolVersion: PROTOCOL_VERSION, challengeIssued: false };
}

/** The payment while the shopper is asked: PENDING, with what the browser needs to ask. */
export function awaitChallenge(payment: Payment, clientToken: string): Payment {
  return {
    ...payment,
    threeDSecure: { responseCode: 'CHALLENGE', protocolVersion: PROTOCOL_VERSION, challengeIssued: true },
    requiredAction: {
      name: '3DS_AUTHENTICATION',
      description: '3DS authentication is required to proceed with the payment.',
      clientToken,
    },
  };
}

/** Keeps what the shopper's bank found until the payment is resumed with the token that tells of it. */
export function answerChallenge(payment: Payment, answer: NonNullable<RequiredAction['resume']>): Payment {
  if (!payment.requiredAction) throw new Error('This payment waits for no answer.');
  return { ...payment, requiredAction: { ...payment.requiredAction, resume: answer } };
}

/** What the shopper's bank found, once it is known; the token is the one that the browser brought back. */
export function challengeResult(payment: Payment, tokenHash: string): ThreeDSecure | undefined {
  const resume = payment.requiredAction?.resume;
  if (resume?.tokenHash !== tokenHash) return undefined;
  return {
    responseCode: resume.passed ? 'AUTH_SUCCESS' : 'AUTH_FAILED',
    protocolVersion: PROTOCOL_VERSION,
    challengeIssued: true,
  };
}

/** A resume token lets a payment go on: the file keeps only what recognises it. */
export function hashResumeToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
