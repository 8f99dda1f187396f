import { Injectable } from '@nestjs/common';
import type { Principal } from '@tollgate/contracts';
import { PersonalValues } from '@tollgate/persistence';
import { People } from '../people/people.service.ts';
import { toCaller } from './caller.policy.ts';
import type { Caller } from './caller.types.ts';

/** Tells who a request counts as. */
@Injectable()
export class Callers {
  constructor(
    private readonly people: People,
    private readonly personal: PersonalValues,
  ) {}

  /** @param actorId heeded from the platform's key alone */
  async toCaller(principal: Principal, actorId: string | undefined): Promise<Caller> {
    const speaksForSomebody = principal.kind === 'platform' && actorId !== undefined;
    const caller = toCaller(principal, actorId, speaksForSomebody ? await this.people.find(actorId) : undefined);
    // By this name alone an order knows who placed it.
    const hashes = caller.aliases.flatMap((alias) => this.personal.hash('email', alias)?.toLowerCase() ?? []);
    return { ...caller, aliases: [...caller.aliases, ...hashes] };
  }
}
