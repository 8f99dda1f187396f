import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';

/** Where and how a tenant is notified. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
  /** Primer's id of the notification's configuration, part of every webhook. */
  readonly notificationConfigId: string;
  /** Primer's id of the merchant's account, part of what tells of disputes. */
  readonly primerAccountId: string;
}

/** A merchant account at Primer. Tenants see nothing of each other. */
export interface Tenant {
  readonly id: string;
  readonly apiKey: string;
  readonly webhookTarget?: WebhookTarget | undefined;
}

/** The tenant that the control API acts for, and the only one with webhooks. */
export const DEFAULT_TENANT_ID = 'default';

/** Who may call Primer's API. Keys are compared by their digest, so that timing tells nothing about them. */
@Injectable()
export class TenantDirectory {
  private readonly tenantsByKeyHash: ReadonlyMap<string, Tenant>;
  private readonly tenantsById: ReadonlyMap<string, Tenant>;

  constructor(tenants: readonly Tenant[]) {
    this.tenantsByKeyHash = new Map(tenants.map((tenant) => [hash('sha256', tenant.apiKey), tenant]));
    this.tenantsById = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  }

  findIdByApiKey(apiKey: string): string | undefined {
    return this.tenantsByKeyHash.get(hash('sha256', apiKey))?.id;
  }

  findWebhookTarget(tenantId: string): WebhookTarget | undefined {
    return this.tenantsById.get(tenantId)?.webhookTarget;
  }
}
