import { Injectable } from '@nestjs/common';
import { toPrimerDate } from '../clock/date.policy.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';
import { TenantDirectory } from '../tenants/tenant.service.ts';
import { SigningSecretKeeper } from '../webhooks/signing-secrets.service.ts';
import type { RotateSecret, SecretRotation } from './webhook-secret.schema.ts';

/** Gives webhooks a new signing secret, as a merchant would in Primer's dashboard. */
@Injectable()
export class RotateSecretHandler {
  constructor(
    private readonly secrets: SigningSecretKeeper,
    private readonly tenants: TenantDirectory,
  ) {}

  /** Nothing when no webhooks are sent. */
  async handle({ secret }: RotateSecret): Promise<SecretRotation | undefined> {
    if (!this.tenants.findWebhookTarget(DEFAULT_TENANT_ID)) return undefined;
    const { secondaryUntilMicros } = await this.secrets.rotate(DEFAULT_TENANT_ID, secret);
    return { secondaryUntil: toPrimerDate(secondaryUntilMicros) };
  }
}
