import { Injectable } from '@nestjs/common';
import type {
  RuleSetAnswer,
  RuleSetAuditAnswer,
  RuleSetAuditQuery,
  RuleSetDetailAnswer,
  RuleSetQuery,
} from '@tollgate/contracts';
import { toAuditAnswer, toRuleSetAnswer } from './rule-set-answer.policy.ts';
import { RuleSetRepository } from './rule-set.repository.ts';

/** Reads rule sets and the record of what was done to them. */
@Injectable()
export class FindRuleSetsHandler {
  readonly #repository: RuleSetRepository;

  constructor(repository: RuleSetRepository) {
    this.#repository = repository;
  }

  /** Newest first. */
  async list({ cursor, status, limit }: RuleSetQuery): Promise<{ data: RuleSetAnswer[]; nextCursor: string | null }> {
    const rows = await this.#repository.list({
      beforeId: cursor === undefined ? null : BigInt(cursor),
      status: status ?? null,
      // One more than is shown tells whether there is another page.
      limit: limit + 1,
    });
    const page = rows.slice(0, limit);
    const nextCursor = rows.length > limit ? String(page.at(-1)!.rule_set_id) : null;
    return { data: page.map(toRuleSetAnswer), nextCursor };
  }

  /** @throws KnownError RULESET_NOT_FOUND */
  async get(version: string): Promise<RuleSetDetailAnswer> {
    const row = await this.#repository.get(version);
    return { ...toRuleSetAnswer(row), document: JSON.parse(row.content) as Record<string, unknown> };
  }

  /** Newest first. */
  async listAudit({
    cursor,
    version,
    limit,
  }: RuleSetAuditQuery): Promise<{ data: RuleSetAuditAnswer[]; nextCursor: string | null }> {
    const rows = await this.#repository.listAudit({
      beforeId: cursor === undefined ? null : BigInt(cursor),
      version: version ?? null,
      limit: limit + 1,
    });
    const data = rows.slice(0, limit).map(toAuditAnswer);
    return { data, nextCursor: rows.length > limit ? data.at(-1)!.id : null };
  }
}
