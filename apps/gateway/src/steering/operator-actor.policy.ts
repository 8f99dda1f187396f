import { type Principal, toActorName } from '@tollgate/contracts';

/** Who did it, for the record. A person is who they are; a machine may say in whose name it acts. */
export function toActor({ by }: { readonly by?: string | undefined }, principal: Principal): string {
  return principal.kind === 'person' ? toActorName(principal) : (by ?? toActorName(principal));
}

/** Who asks, and may not be the second person: a person under whatever name, and of a machine not the name it gives. */
export function toOperatorRequester(principal: Principal): string {
  return principal.kind === 'person' ? `person:${principal.personId}` : toActorName(principal);
}
