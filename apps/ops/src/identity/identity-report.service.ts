import type { KeySummary, MerchantSummary, Person } from '@tollgate/identity';
import { formatTable } from '@tollgate/platform';
import { toPrintable } from '../output/printable-text.policy.ts';
import { describeLimits, describeQuorum } from './merchant-limits.policy.ts';

const NONE = '–';

export function reportKeys(keys: readonly KeySummary[]): string {
  return formatTable(
    ['id', 'name', 'of', 'person', 'scopes', 'made by', 'made', 'state'].map((title) => ({ title })),
    keys.map((key) =>
      [
        key.keyId,
        key.name,
        key.merchantId ?? 'the platform',
        key.personEmail ?? NONE,
        key.scopes.join(' '),
        key.madeBy,
        toMinute(key.createdAt),
        stateOf(key),
      ].map(toPrintable),
    ),
  );
}

export function reportPeople(people: readonly Person[]): string {
  return formatTable(
    ['e-mail', 'name', 'role', 'signs in by', 'since', 'sessions', 'state'].map((title) => ({ title })),
    people.map((person) =>
      [
        person.email,
        person.displayName,
        person.role,
        person.signsInBy,
        toMinute(person.createdAt),
        String(person.openSessions),
        person.disabledAt === null ? 'active' : `disabled ${toMinute(person.disabledAt)}`,
      ].map(toPrintable),
    ),
  );
}

export function reportMerchants(merchants: readonly MerchantSummary[]): string {
  return formatTable(
    ['id', 'name', 'limits of commands', 'people for an approval', 'changed'].map((title) => ({ title })),
    merchants.map(({ merchantId, name, settings, updatedAt }) =>
      [
        merchantId,
        name,
        describeLimits(settings).join('; ') || NONE,
        describeQuorum(settings).join(', ') || '1',
        toMinute(updatedAt),
      ].map(toPrintable),
    ),
  );
}

/** Whether the key opens anything now. */
export function isUsable({ revokedAt, expiresAt }: KeySummary, now = new Date()): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

function stateOf(key: KeySummary): string {
  if (key.revokedAt !== null) {
    return `revoked ${toMinute(key.revokedAt)}`;
  }
  if (key.expiresAt === null) {
    return 'active';
  }
  return `${isUsable(key) ? 'until' : 'ran out'} ${toMinute(key.expiresAt)}`;
}

function toMinute(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
