import { z } from 'zod';

const MIN_SECRET_LENGTH = 8;

/** Body of `POST /_sandbox/webhooks/rotate-secret`. */
export const rotateSecretSchema = z.strictObject({ secret: z.string().min(MIN_SECRET_LENGTH).max(255) });
export type RotateSecret = z.output<typeof rotateSecretSchema>;

export const secretRotationSchema = z.object({
  secondaryUntil: z.string().describe('Until then webhooks carry X-Signature-Secondary, made with the last secret'),
});
export type SecretRotation = z.output<typeof secretRotationSchema>;
