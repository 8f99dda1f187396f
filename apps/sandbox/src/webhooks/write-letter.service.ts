import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import type { WebhookTarget } from '../tenants/tenant.service.ts';
import { SigningSecretKeeper, type SigningSecrets } from './signing-secrets.service.ts';
import { writeWebhookBody } from './webhook-body.policy.ts';
import { type KeptManner, WebhookMannerRepository } from './webhook-manner.repository.ts';
import type { WebhookLetter } from './webhook-manner.types.ts';
import { signWebhook } from './webhook.policy.ts';
import type { Webhook } from './webhook.types.ts';

/** Writes and signs one try of a webhook, as its manner wants it. */
@Injectable()
export class LetterWriter {
  constructor(
    private readonly manners: WebhookMannerRepository,
    private readonly secrets: SigningSecretKeeper,
    private readonly clock: Clock,
  ) {}

  write(webhook: Webhook, target: WebhookTarget): WebhookLetter {
    const manner = this.manners.find(webhook.id);
    if (manner?.firstLetter) return manner.firstLetter;
    const rawBody = this.writeBody(webhook, target, manner);
    const isBadlySigned = manner !== undefined && webhook.tries < manner.badSignatureTries;
    const secrets = isBadlySigned
      ? { primary: randomBytes(32).toString('base64'), secondary: undefined }
      : this.secrets.get(webhook.tenantId);
    const letter = { rawBody, headers: sign(rawBody, secrets) };
    if (manner?.repeatsBytes === true) this.manners.keepLetter(webhook.id, letter);
    return letter;
  }

  private writeBody(webhook: Webhook, target: WebhookTarget, manner: KeptManner | undefined): string {
    const nowMicros = this.clock.nowMicros();
    const isStale = manner !== undefined && webhook.tries < manner.staleTries;
    const ageMicros = isStale ? manner.staleSeconds * MICROS_PER_SECOND : 0;
    return writeWebhookBody(webhook, target, { nowMicros, signedAtMicros: nowMicros - ageMicros });
  }
}

function sign(rawBody: string, { primary, secondary }: SigningSecrets): Record<string, string> {
  return {
    'x-signature-primary': signWebhook(rawBody, primary),
    ...(secondary === undefined ? {} : { 'x-signature-secondary': signWebhook(rawBody, secondary) }),
  };
}
