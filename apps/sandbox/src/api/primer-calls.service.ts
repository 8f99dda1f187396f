import { Injectable } from '@nestjs/common';
import { Metrics } from '@tollgate/platform';
import { JournalRepository } from '../journal/journal.repository.ts';
import type { NewJournalEntry } from '../journal/journal.types.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { PrimerCall } from './primer-call.types.ts';
import { PrimerError } from './primer.errors.ts';

/** Takes what a call really did, for the journal. */
export type EffectLog = (effect: Omit<NewJournalEntry, 'kind'>) => void;

/** What a call answered: Primer's success or one of its documented errors. */
type Answer<Result> = { readonly result: Result } | { readonly refusal: PrimerError };

const UUID_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Carries out every call of Primer's API: one transaction holds its effects and its journal entries, refusals too, and
 * is committed before the answer leaves. What the journal says happened, happened; what it does not say, did not.
 */
@Injectable()
export class PrimerCalls {
  private readonly answers;

  constructor(
    private readonly store: SandboxStore,
    private readonly journal: JournalRepository,
    metrics: Metrics,
  ) {
    this.answers = metrics.counter({
      name: 'sandbox_primer_answers_total',
      help: 'Answers of the emulated Primer API',
      labelNames: ['operation', 'status'],
    });
  }

  /** @throws PrimerError what `work` refused with, after it is in the journal */
  async perform<Result>(call: PrimerCall, work: (effect: EffectLog) => Result): Promise<Result> {
    const answer = await this.store.transaction(() => this.performInTransaction(call, work));
    this.answers.inc({ operation: call.operation, status: 'refusal' in answer ? answer.refusal.status : 200 });
    if ('refusal' in answer) throw answer.refusal;
    return answer.result;
  }

  private performInTransaction<Result>(call: PrimerCall, work: (effect: EffectLog) => Result): Answer<Result> {
    const effects: NewJournalEntry[] = [];
    const answer = answerOf(() => work((effect) => effects.push({ kind: 'EFFECT', ...effect })));
    this.journal.append(toRequestEntry(call, 'refusal' in answer ? answer.refusal : undefined));
    for (const effect of effects) this.journal.append(effect);
    return answer;
  }
}

/** A documented refusal is an answer and is kept; anything else is a fault of the emulator and rolls back. */
function answerOf<Result>(work: () => Result): Answer<Result> {
  try {
    return { result: work() };
  } catch (error) {
    if (error instanceof PrimerError) return { refusal: error };
    throw error;
  }
}

function toRequestEntry(call: PrimerCall, refusal: PrimerError | undefined): NewJournalEntry {
  const id = call.params['id'];
  return {
    kind: 'REQUEST',
    name: call.operation,
    // Whatever stood in the path that is no attempt id stays out: it could be anything, a card number too.
    attemptId: id !== undefined && UUID_PATTERN.test(id) ? id.toLowerCase() : undefined,
    facts: {
      method: call.method,
      route: call.route,
      tenant: call.tenantId,
      status: refusal?.status ?? 200,
      errorId: refusal?.fields.errorId,
    },
  };
}
