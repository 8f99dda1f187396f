import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { KeyScope } from './key-scope.policy.ts';

/** Where and how a tenant is notified. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
  /** Primer's id of the notification's configuration, part of every webhook. */
  readonly notificationConfigId: string;
  /** Primer's id of the merchant's account, part of what tells of disputes. */
  readonly primerAccountId: string;
}

/** A key that may make only some calls. */
export interface LimitedKey {
  readonly apiKey: string;
  readonly scopes: readonly KeyScope[];
}

/** Whose key was presented, and what it may do; without scopes it may do everything. */
export interface KeyHolder {
  readonly tenantId: string;
  readonly scopes: readonly KeyScope[] | undefined;
}

/** A merchant account at Primer. Tenants see nothing of each other. */
export interface Tenant {
  readonly id: string;
  readonly apiKey: string;
  /** Further keys, each of which may do less. */
  readonly limitedKeys?: readonly LimitedKey[] | undefined;
  readonly webhookTarget?: WebhookTarget | undefined;
}

/** Who may call Primer's API. Keys are compared by their digest, so that timing tells nothing about them. */
@Injectable()
export class TenantDirectory {
  private readonly holdersByKeyHash: ReadonlyMap<string, KeyHolder>;
  private readonly tenantsById: ReadonlyMap<string, Tenant>;

  constructor(tenants: readonly Tenant[]) {
    this.holdersByKeyHash = new Map(tenants.flatMap(listKeys));
    this.tenantsById = new Map(tenants.map((tenant) => [tenant.id, tenant]));
  }

  findHolder(apiKey: string): KeyHolder | undefined {
    return this.holdersByKeyHash.get(hash('sha256', apiKey));
  }

  findWebhookTarget(tenantId: string): WebhookTarget | undefined {
    return this.tenantsById.get(tenantId)?.webhookTarget;
  }
}

function listKeys(tenant: Tenant): [keyHash: string, holder: KeyHolder][] {
  const keys = [{ apiKey: tenant.apiKey, scopes: undefined }, ...(tenant.limitedKeys ?? [])];
  return keys.map(({ apiKey, scopes }) => [hash('sha256', apiKey), { tenantId: tenant.id, scopes }]);
}
