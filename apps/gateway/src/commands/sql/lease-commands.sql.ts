import { sql } from '@tollgate/persistence';
import { COMMAND_PROGRESS_COLUMNS } from '../command.store.ts';

/**
 * Open commands whose turn it is and that nobody has leased. Of one payment the oldest alone, and that only while none is
 * under way; what waits for a second person keeps nobody waiting, and is due when that time is over. Merchants of $2 have no free slot or a refused key. $1: how many, $2: merchant ids.
 */
export const lockDueCommands = sql(
  'gateway-lock-due-commands',
  `SELECT command.*
   FROM payment_command AS command
   WHERE concluded_at IS NULL
     AND due_at <= clock_timestamp()
     AND (lease_until IS NULL OR lease_until <= clock_timestamp())
     AND (state = 'HELD' OR merchant_id <> ALL ($2::text[]))
     AND (kind = 'create' OR state = 'HELD' OR NOT EXISTS (
       SELECT FROM payment_command AS other
       WHERE other.merchant_id = command.merchant_id AND other.payment_id = command.payment_id
         AND other.concluded_at IS NULL AND other.kind <> 'create' AND other.command_id <> command.command_id
         AND other.state <> 'HELD' AND (other.sequence < command.sequence OR other.state IN ('CALLING', 'UNKNOWN'))))
   ORDER BY due_at, sequence
   LIMIT $1
   FOR UPDATE OF command SKIP LOCKED`,
);

const progress = COMMAND_PROGRESS_COLUMNS.map((column) => `${column} = held.${column}`).join(', ');

/** Writes locked commands under a new lease. $1: rows as a JSON array, $2: length of the lease in milliseconds. */
export const holdCommands = sql(
  'gateway-hold-commands',
  `UPDATE payment_command AS command
   SET ${progress}, lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
   FROM jsonb_populate_recordset(NULL::payment_command, $1::jsonb) AS held
   WHERE command.merchant_id = held.merchant_id AND command.command_id = held.command_id`,
);

/**
 * Writes commands on their way, each only if the fence is still the caller's: whoever lost the lease writes nothing and
 * gets no row back. $1: rows as a JSON array, $2: length of the lease from now on in milliseconds; null ends it.
 */
export const advanceCommands = sql(
  'gateway-advance-commands',
  `UPDATE payment_command AS command
   SET ${progress}, lease_until = clock_timestamp() + make_interval(secs => $2::float8 / 1000)
   FROM jsonb_populate_recordset(NULL::payment_command, $1::jsonb) AS held
   WHERE command.merchant_id = held.merchant_id AND command.command_id = held.command_id
     AND command.fence = held.fence AND command.lease_until IS NOT NULL AND command.concluded_at IS NULL
   RETURNING command.merchant_id, command.command_id`,
);

/**
 * Prolongs the leases of commands that are still under way; those that were lost get no row back.
 * $1: merchant ids, $2: command ids, $3: fences (pairwise), $4: length of the lease in milliseconds.
 */
export const renewCommandLeases = sql(
  'gateway-renew-command-leases',
  `UPDATE payment_command AS command
   SET lease_until = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
   FROM unnest($1::text[], $2::text[], $3::integer[]) AS held (merchant_id, command_id, fence)
   WHERE command.merchant_id = held.merchant_id AND command.command_id = held.command_id
     AND command.fence = held.fence AND command.lease_until IS NOT NULL AND command.concluded_at IS NULL
   RETURNING command.merchant_id, command.command_id`,
);
