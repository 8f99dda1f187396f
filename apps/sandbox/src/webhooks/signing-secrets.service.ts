import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { TenantDirectory } from '../tenants/tenant.service.ts';

/** "Within the past 24 hours": how long after a rotation webhooks carry a second signature. */
const OVERLAP_MICROS = 24 * 60 * 60 * MICROS_PER_SECOND;

/** What webhooks are signed with now. */
export interface SigningSecrets {
  readonly primary: string;
  /** The secret before the last rotation, as long as it still counts. */
  readonly secondary: string | undefined;
}

interface SecretRow {
  secret: string;
  previous: string;
  rotated_at: number;
  configured_hash: string;
}

/**
 * The secrets that webhooks are signed with: the configured one until it is rotated. A rotation survives a restart, and
 * counts until another secret is configured.
 */
@Injectable()
export class SigningSecretKeeper {
  constructor(
    private readonly store: SandboxStore,
    private readonly tenants: TenantDirectory,
    private readonly clock: Clock,
  ) {}

  /** @throws Error when the tenant has no webhook address */
  get(tenantId: string): SigningSecrets {
    const configured = this.configured(tenantId);
    const row = this.find(tenantId, configured);
    if (!row) return { primary: configured, secondary: undefined };
    const isOverlapping = this.clock.nowMicros() < row.rotated_at + OVERLAP_MICROS;
    return { primary: row.secret, secondary: isOverlapping ? row.previous : undefined };
  }

  /**
   * Signs with a new secret from now on, and with the last one as well for 24 hours; answers when those end.
   *
   * @throws Error when the tenant has no webhook address
   */
  async rotate(tenantId: string, secret: string): Promise<{ readonly secondaryUntilMicros: number }> {
    const configured = this.configured(tenantId);
    return this.store.transaction(() => {
      const rotatedAt = this.clock.nowMicros();
      this.store
        .statement(
          `INSERT INTO webhook_secret (tenant_id, secret, previous, rotated_at, configured_hash) VALUES (?, ?, ?, ?, ?)
           ON CONFLICT DO UPDATE SET secret = excluded.secret, previous = excluded.previous,
             rotated_at = excluded.rotated_at, configured_hash = excluded.configured_hash`,
        )
        .run(tenantId, secret, this.get(tenantId).primary, rotatedAt, hash('sha256', configured));
      return { secondaryUntilMicros: rotatedAt + OVERLAP_MICROS };
    });
  }

  private configured(tenantId: string): string {
    const target = this.tenants.findWebhookTarget(tenantId);
    if (!target) throw new Error(`The tenant ${tenantId} has no webhook address.`);
    return target.secret;
  }

  private find(tenantId: string, configured: string): SecretRow | undefined {
    const row = this.store.statement('SELECT * FROM webhook_secret WHERE tenant_id = ?').get(tenantId) as
      SecretRow | undefined;
    return row && (row.configured_hash === hash('sha256', configured) || row.secret === configured) ? row : undefined;
  }
}
