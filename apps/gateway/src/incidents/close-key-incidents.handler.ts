import { Injectable } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import { closeSeenUntil, findOpenIncidents } from './close-incidents.sql.ts';
import type { IncidentRow } from './incident-answer.policy.ts';
import { isKeyRestored } from './key-incident.policy.ts';
import { WorkingKeys } from './working-keys.service.ts';

/** Closes incidents about keys that Primer refused and that have worked since, in this process. */
@Injectable()
export class CloseKeyIncidentsHandler {
  constructor(
    private readonly database: Database,
    private readonly keys: WorkingKeys,
    private readonly log: Log,
  ) {}

  /** @throws KnownError DATABASE_UNAVAILABLE */
  async closeRestored(): Promise<void> {
    const open = await this.database.query<IncidentRow>(findOpenIncidents, ['KEY_REFUSED']);
    const restored = open.filter((row) => isKeyRestored(row, this.keys.of(row.merchant_id)));
    if (restored.length === 0) {
      return;
    }
    const note = 'A call with this key has succeeded since';
    // Seen again in between, it stays open.
    await this.database.query(closeSeenUntil, [
      restored.map(({ id }) => id),
      restored.map(({ last_seen_at: seenAt }) => seenAt),
      ...['gateway', note],
    ]);
    restored.forEach(({ merchant_id: merchantId }) => this.log.info('A refused key works again', { merchantId }));
  }
}
