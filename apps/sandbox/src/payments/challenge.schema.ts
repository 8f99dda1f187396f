import { z } from 'zod';
import { PAYMENT_STATUSES } from './payment.states.ts';

/** Path of the challenge calls. */
export const challengePathSchema = z.string().min(1).max(64);

/** Body of `POST /_sandbox/payments/{id}/challenge`. */
export const challengeAnswerSchema = z.strictObject({
  passed: z.boolean().default(true).describe('Whether the bank takes the shopper for its customer'),
});
export type ChallengeAnswer = z.output<typeof challengeAnswerSchema>;

export const challengeDoneSchema = z.object({
  resumeToken: z.string().describe('For POST /payments/{id}/resume'),
  status: z.enum(PAYMENT_STATUSES).describe('Of the payment; a payment of an attempt has gone on already'),
});
export type ChallengeDone = z.output<typeof challengeDoneSchema>;
