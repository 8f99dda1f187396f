import { z } from 'zod';

/** Any hexadecimal UUID of any version, in either case. */
export const attemptIdSchema = z.guid().toLowerCase();

/** Path of the payment attempt calls. */
export const attemptPathSchema = z.object({ id: attemptIdSchema });

/** Body of an abort; nothing else is allowed in it. */
export const abortRequestSchema = z.strictObject({ reason: z.string().optional() });

export const approveAnswerSchema = z.object({
  paymentAttemptId: z.uuid(),
  merchantPaymentId: z.string(),
});

export const abortAnswerSchema = z.object({ paymentAttemptId: z.uuid() });
