import type { RuleSetAnswer, RuleSetAuditAnswer } from '@tollgate/contracts';
import { ruleSetDocument } from './rule-set.schema.ts';
import type { AuditRow, RuleSetRow } from './rule-set-life.types.ts';

/** A rule set as operators see it. */
export function toRuleSetAnswer(row: RuleSetRow): RuleSetAnswer {
  const { name, description, parameters, velocity, rules, scores, ...rest } = ruleSetDocument.parse(
    JSON.parse(row.content),
  );
  return {
    version: row.version,
    name,
    status: row.status,
    description: description ?? null,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    liveSince: row.live_since?.toISOString() ?? null,
    replaced: row.replaced,
    proposal:
      row.proposed_by === null
        ? null
        : { by: row.proposed_by, at: row.proposed_at!.toISOString(), note: row.proposal_note },
    parameters,
    velocity,
    rules: rules.map((rule) => ({
      name: rule.name,
      description: rule.description ?? null,
      when: rule.when,
      then: rule.then ?? null,
      mandatory: rule.mandatory === true,
      reason: rule.reason,
      score: rule.score ?? null,
    })),
    scores: { review: scores.review ?? null, abort: scores.abort ?? null },
    default: rest.default,
  };
}

/** A line of the record of who did what to rule sets. */
export function toAuditAnswer(row: AuditRow): RuleSetAuditAnswer {
  return {
    id: String(row.audit_id),
    at: row.at.toISOString(),
    version: row.version,
    name: row.name,
    step: row.step,
    from: row.from_status,
    to: row.to_status,
    by: row.done_by,
    note: row.note,
  };
}
