import { sql } from '@tollgate/persistence';

const COLUMNS = `rule_set_id, version, name, content, status, created_at, created_by, proposed_at, proposed_by,
  proposal_note, live_since, replaced, people`;

/** In the first round trip of every batch: whether what is loaded still stands. */
export const selectRevision = sql('select-rule-set-revision', 'SELECT revision FROM rule_set_standing');

/** The sets that see live traffic, the live one first. */
export const selectStandingRuleSets = sql(
  'select-standing-rule-sets',
  `SELECT ${COLUMNS} FROM rule_sets WHERE status IN ('live', 'shadow') ORDER BY status, rule_set_id`,
);

/** Only where a set's standing has changed: what the live set's rules have from other sets, and from whom. */
export const selectRuleSetOrigins = sql(
  'select-rule-set-origins',
  `SELECT content, people, CASE WHEN NOT EXISTS (
            SELECT 1 FROM rule_set_audit a
            WHERE a.version = s.version AND (a.step IN ('propose', 'promote') OR (a.step = 'rollback' AND a.to_status = 'live'))
              AND a.done_by ->> 'personId' = s.created_by ->> 'personId')
          THEN created_by ->> 'personId' END AS "onlyDraftedBy"
   FROM rule_sets s ORDER BY rule_set_id`,
);

/** One change at a time: the next one waits here and then sees what the one before has done. */
export const lockStanding = sql('lock-rule-set-standing', 'SELECT revision FROM rule_set_standing FOR UPDATE');

export const raiseRevision = sql(
  'raise-rule-set-revision',
  'UPDATE rule_set_standing SET revision = revision + 1 RETURNING revision',
);

/** By the beginning of the version; a second row tells that it is not enough. */
export const selectRuleSetsByVersion = sql(
  'select-rule-sets-by-version',
  `SELECT ${COLUMNS} FROM rule_sets WHERE starts_with(version, $1) ORDER BY rule_set_id LIMIT 2`,
);

export const selectLiveRuleSet = sql('select-live-rule-set', `SELECT ${COLUMNS} FROM rule_sets WHERE status = 'live'`);

/** Newest first, from below the id `$1`. */
export const selectRuleSets = sql(
  'select-rule-sets',
  `SELECT ${COLUMNS} FROM rule_sets
   WHERE ($1::bigint IS NULL OR rule_set_id < $1) AND ($2::text IS NULL OR status = $2)
   ORDER BY rule_set_id DESC LIMIT $3`,
);

export const countShadows = sql(
  'count-shadow-rule-sets',
  `SELECT count(*)::integer AS shadows FROM rule_sets WHERE status = 'shadow'`,
);

/** Returns nothing where this content is known. */
export const insertRuleSet = sql(
  'insert-rule-set',
  `INSERT INTO rule_sets (version, name, content, status, created_by, people, live_since)
   VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $4 = 'live' THEN now() END)
   ON CONFLICT (version) DO NOTHING
   RETURNING ${COLUMNS}`,
);

/** Moves a set to where a step leads. Who took it is added to the people behind the set, where it makes them so. */
export const moveRuleSet = sql(
  'move-rule-set',
  `UPDATE rule_sets
   SET status = $2,
       live_since = CASE WHEN $2 = 'live' THEN now() END,
       proposed_at = CASE WHEN $3::jsonb IS NULL THEN NULL ELSE now() END, proposed_by = $3, proposal_note = $4,
       replaced = coalesce($5, replaced),
       people = CASE WHEN $6::text IS NULL OR $6 = ANY (people) THEN people ELSE people || $6 END
   WHERE version = $1
   RETURNING ${COLUMNS}`,
);

export const insertAudit = sql(
  'insert-rule-set-audit',
  `INSERT INTO rule_set_audit (version, step, from_status, to_status, done_by, note)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);

/** Newest first, from below the id `$1`. */
export const selectAudit = sql(
  'select-rule-set-audit',
  `SELECT a.audit_id, a.at, a.version, s.name, a.step, a.from_status, a.to_status, a.done_by, a.note
   FROM rule_set_audit a JOIN rule_sets s USING (version)
   WHERE ($1::bigint IS NULL OR a.audit_id < $1) AND ($2::text IS NULL OR starts_with(a.version, $2))
   ORDER BY a.audit_id DESC LIMIT $3`,
);
