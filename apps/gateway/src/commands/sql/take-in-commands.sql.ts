import { sql } from '@tollgate/persistence';
import { COMMAND_PROGRESS_COLUMNS, REQUEST_COLUMNS } from '../command.store.ts';

const columns = [...REQUEST_COLUMNS, ...COMMAND_PROGRESS_COLUMNS].join(', ');

/**
 * Commands of one merchant and kind come in one transaction after the other, in the order of their sequence: whoever
 * counts those before one misses none that is about to commit. Always locked in one order. $1: a name for each merchant
 * and kind.
 */
export const lockIntake = sql(
  'gateway-lock-intake-of-commands',
  `SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
   FROM (SELECT DISTINCT name FROM unnest($1::text[]) AS name ORDER BY name) AS sorted`,
);

/**
 * The first command of an id takes the row; whoever comes later, in this transaction or another, finds it taken.
 * In the order of the array, which is the order in which commands of one payment are carried out.
 * $1: rows as a JSON array, $2: digests as hex (pairwise).
 */
export const takeInCommands = sql(
  'gateway-take-in-commands',
  `INSERT INTO payment_command (${columns}, digest)
   SELECT ${columns}, decode(one.digest, 'hex')
   FROM unnest($2::text[]) WITH ORDINALITY AS one (digest, place)
   JOIN LATERAL jsonb_populate_record(NULL::payment_command, $1::jsonb -> (place::integer - 1)) AS given ON true
   ORDER BY place
   ON CONFLICT (merchant_id, command_id) DO NOTHING
   RETURNING merchant_id, command_id`,
);

/** The rows of command ids $2 of merchants $1 (pairwise), each with its digest as hex. */
export const findCommands = sql(
  'gateway-find-commands',
  `SELECT command.*, encode(command.digest, 'hex') AS digest_hex
   FROM payment_command AS command
   JOIN (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS one (merchant_id, command_id)) AS wanted
     USING (merchant_id, command_id)`,
);

/** A command by its id alone, of whichever merchant; the oldest of several. $1: command id, $2: merchant id or null. */
export const findCommandOfAnybody = sql(
  'gateway-find-command-of-anybody',
  `SELECT * FROM payment_command
   WHERE command_id = $1 AND ($2::text IS NULL OR merchant_id = $2)
   ORDER BY sequence
   LIMIT 1`,
);

/** Whether merchant $1 has commands about payment $2 that have not ended and may change it. */
export const countOpenCommands = sql(
  'gateway-count-open-commands',
  `SELECT count(*) AS open FROM payment_command
   WHERE merchant_id = $1 AND payment_id = $2 AND concluded_at IS NULL AND kind <> 'create' AND state <> 'HELD'`,
);

/** Locks command $1, of merchant $2 or null; `held` says whether a process is at it right now. */
export const lockCommand = sql(
  'gateway-lock-command',
  `SELECT *, lease_until > clock_timestamp() AS held FROM payment_command
   WHERE command_id = $1 AND ($2::text IS NULL OR merchant_id = $2)
   ORDER BY sequence
   LIMIT 1
   FOR UPDATE`,
);

/** The locked command $2 of merchant $1 is due now. */
export const makeCommandDue = sql(
  'gateway-make-command-due',
  `UPDATE payment_command SET due_at = clock_timestamp() WHERE merchant_id = $1 AND command_id = $2`,
);
