import type { Principal } from '@tollgate/contracts';
import { type ActingPerson, isReviewing } from '../people/acting-person.policy.ts';
import type { Caller } from './caller.types.ts';

/**
 * Who a request counts as. Only the platform's key may speak in somebody's name; everybody else is who they are.
 * @param actor whom the platform named: the person of that id or e-mail address, where there is one
 */
export function toCaller(principal: Principal, actorId: string | undefined, actor: ActingPerson | undefined): Caller {
  switch (principal.kind) {
    case 'person':
      return {
        ...everyMerchant,
        ...asPerson(principal),
        isPerson: true,
        isReviewer: principal.scopes.includes('approvals:review'),
      };
    case 'merchant':
      return {
        name: `merchant:${principal.merchantId}`,
        party: principal.personId === undefined ? `merchant:${principal.merchantId}` : `person:${principal.personId}`,
        aliases: toAliases(`merchant:${principal.merchantId}`, ...namesOf(principal.personId)),
        merchantId: principal.merchantId,
        isPlatform: false,
        isPerson: false,
        isReviewer: false,
      };
    case 'platform':
      return { ...toPlatformCaller(principal.personId, actorId, actor), isPlatform: true };
    default:
      return { ...everyMerchant, name: principal.kind, party: principal.kind, aliases: [principal.kind] };
  }
}

/** For the log: whether somebody has said it themselves, or a key in their name. */
export function toKeyUsed(principal: Principal): { readonly keyId?: string } {
  const keyId = 'keyId' in principal ? principal.keyId : undefined;
  return keyId === undefined ? {} : { keyId };
}

const everyMerchant = { merchantId: undefined, isPlatform: false, isPerson: false, isReviewer: false } as const;

function toPlatformCaller(
  keyOwner: string | undefined,
  actorId: string | undefined,
  actor: ActingPerson | undefined,
): Caller {
  if (actorId === undefined) {
    const party = keyOwner === undefined ? 'platform' : `person:${keyOwner}`;
    return { ...everyMerchant, name: 'platform', party, aliases: toAliases('platform', ...namesOf(keyOwner)) };
  }
  // A key that was given to a person is that person under every name, and reviews in no other.
  const ofOwner = namesOf(keyOwner);
  if (actor === undefined) {
    return { ...everyMerchant, name: actorId, party: `user:${actorId}`, aliases: toAliases(actorId, ...ofOwner) };
  }
  const mayName = keyOwner === undefined || keyOwner === actor.personId;
  const isPerson = mayName && actor.isActive;
  // An order's actor is recorded as it was named: a client of Paygentic finds what it sent.
  return {
    ...everyMerchant,
    ...asPerson(actor),
    name: actorId,
    aliases: toAliases(actorId, actor.email, ...namesOf(actor.personId), ...ofOwner),
    isPerson,
    isReviewer: mayName && isReviewing(actor),
  };
}

function asPerson({ personId, email }: { readonly personId: string; readonly email: string }) {
  return { name: email, party: `person:${personId}`, aliases: toAliases(email, ...namesOf(personId)) };
}

/** How records name a person: by their id alone, or with what it is the id of. */
function namesOf(personId: string | undefined): string[] {
  return personId === undefined ? [] : [personId, `person:${personId}`];
}

function toAliases(...names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
