import { sql } from '@tollgate/persistence';
import { COMMAND_PROGRESS_COLUMNS } from '../command.store.ts';

/** The first word about what waits is the last. $1: rows as a JSON array. */
export const insertVerdicts = sql(
  'gateway-insert-command-verdicts',
  `INSERT INTO command_verdict (merchant_id, command_id, hold_digest, verdict, approval_id, actor, at)
   SELECT merchant_id, command_id, hold_digest, verdict, approval_id, actor, at
   FROM jsonb_populate_recordset(NULL::command_verdict, $1::jsonb)
   ON CONFLICT DO NOTHING`,
);

const wanted = `(SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS one (merchant_id, command_id)) AS wanted`;

/**
 * Locks commands $2 of merchants $1 (pairwise), in whatever state they are: one that is just being held is waited for, and
 * not missed. What was said is read by a statement of its own, which sees what was committed while this one waited.
 */
export const lockCommands = sql(
  'gateway-lock-commands',
  `SELECT command.*
   FROM payment_command AS command
   JOIN ${wanted} USING (merchant_id, command_id)
   ORDER BY command.sequence
   FOR UPDATE OF command`,
);

/** What was said about commands $2 of merchants $1 (pairwise). */
export const findVerdicts = sql(
  'gateway-find-command-verdicts',
  `SELECT said.* FROM command_verdict AS said JOIN ${wanted} USING (merchant_id, command_id)`,
);

const progress = COMMAND_PROGRESS_COLUMNS.map((column) => `${column} = judged.${column}`).join(', ');

/** Writes locked commands that were held and are no longer. $1: rows as a JSON array. */
export const releaseHeldCommands = sql(
  'gateway-release-held-commands',
  `UPDATE payment_command AS command
   SET ${progress}, lease_until = NULL
   FROM jsonb_populate_recordset(NULL::payment_command, $1::jsonb) AS judged
   WHERE command.merchant_id = judged.merchant_id AND command.command_id = judged.command_id
     AND command.state = 'HELD'`,
);

/** Commands of the same merchant ($1) and kind that came in within the hour before command $2. */
export const countEarlierInHour = sql(
  'gateway-count-commands-earlier-in-hour',
  `SELECT count(*) AS earlier
   FROM payment_command AS this
   JOIN payment_command AS other ON other.merchant_id = this.merchant_id AND other.kind = this.kind
     AND other.created_at > this.created_at - interval '1 hour' AND other.created_at <= this.created_at
     AND other.sequence < this.sequence
   WHERE this.merchant_id = $1 AND this.command_id = $2`,
);
