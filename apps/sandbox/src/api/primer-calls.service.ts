import { Injectable } from '@nestjs/common';
import { Metrics } from '@tollgate/platform';
import { FaultPlan, type FaultVerdict } from '../faults/fault-plan.service.ts';
import { FaultRepository } from '../faults/fault.repository.ts';
import type { CallFault } from '../faults/fault.schema.ts';
import type { Fault } from '../faults/fault.types.ts';
import { CallStriker, type IntendedAnswer, preventsEffect } from '../faults/strike-call.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import type { NewJournalEntry } from '../journal/journal.types.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { PrimerCall } from './primer-call.types.ts';
import { PrimerError } from './primer.errors.ts';

/** Takes what a call really did, for the journal. */
export type EffectLog = (effect: Omit<NewJournalEntry, 'kind'>) => void;

/** What a call does, told of the fault that struck it, for those that concern what is done and not how it is told. */
export type Work<Result> = (effect: EffectLog, fault?: CallFault) => Result;

/** What a call answered: Primer's success or one of its documented errors. */
type Answer<Result> = { readonly result: Result } | { readonly refusal: PrimerError };

const UUID_PATTERN = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What Primer's payment ids look like; one of digits alone could be a card number. */
const PAYMENT_ID_PATTERN = /^(?=.*[A-Za-z])[A-Za-z0-9]{1,16}$/;

/** Stands in for the diagnostics id in an answer that arrives spoilt, if at all. */
const NO_DIAGNOSTICS_ID = '0000000000';

/**
 * Carries out every call of Primer's API: one transaction holds its effects and its journal entries, refusals too, and
 * is committed before the answer leaves. What the journal says happened, happened; what it does not say, did not.
 */
@Injectable()
export class PrimerCalls {
  private readonly answers;
  private readonly strikes;

  constructor(
    private readonly store: SandboxStore,
    private readonly journal: JournalRepository,
    private readonly faults: FaultPlan,
    private readonly faultRepository: FaultRepository,
    private readonly striker: CallStriker,
    metrics: Metrics,
  ) {
    this.answers = metrics.counter({
      name: 'sandbox_primer_answers_total',
      help: 'Answers of the emulated Primer API',
      labelNames: ['operation', 'status'],
    });
    this.strikes = metrics.counter({
      name: 'sandbox_fault_strikes_total',
      help: 'Calls of the emulated Primer API that a fault struck',
      labelNames: ['operation', 'kind'],
    });
  }

  /**
   * Does `work` for a call, unless a fault is set that says otherwise.
   *
   * @throws PrimerError what `work` or a fault refused with, after it is in the journal
   * @throws SpoiltAnswer what a fault made of the answer
   */
  async perform<Result>(call: PrimerCall, work: Work<Result>): Promise<Result> {
    const verdict = this.faults.judgeCall(call);
    if (verdict) return this.performUnderFault(call, work, verdict);
    return this.conclude(call, await this.store.transaction(() => this.performInTransaction(call, work)));
  }

  /** Refuses a call before it is anybody's: no fault strikes it. */
  async refuse(call: PrimerCall, refusal: PrimerError): Promise<never> {
    const work = (): never => {
      throw refusal;
    };
    return this.conclude(call, await this.store.transaction(() => this.performInTransaction(call, work)));
  }

  private async performUnderFault<Result>(
    call: PrimerCall,
    work: Work<Result>,
    { struck, drawn }: FaultVerdict,
  ): Promise<Result> {
    const answer = await this.store.transaction(() => {
      this.faultRepository.recordDraws(drawn);
      return struck ? this.performStruck(call, work, struck) : this.performInTransaction(call, work);
    });
    if (struck) {
      this.strikes.inc({ operation: call.operation, kind: struck.definition.kind });
      await this.striker.spoil(struck.definition, answer && toIntendedAnswer(answer));
    }
    if (!answer) throw new Error('A fault kept a call from its effect and did not answer it.');
    return this.conclude(call, answer);
  }

  /** Nothing when the fault keeps the call from taking effect. */
  private performStruck<Result>(
    call: PrimerCall,
    work: Work<Result>,
    { id, definition }: Fault<CallFault>,
  ): Answer<Result> | undefined {
    const fault = { fault: definition.kind, faultId: id };
    const attemptId = attemptIdOf(call);
    const effectName = this.striker.prepare(definition, attemptId, call.tenantId);
    if (effectName !== undefined) this.journal.append({ kind: 'EFFECT', name: effectName, attemptId, facts: fault });
    if (!preventsEffect(definition))
      return this.performInTransaction(call, (effect) => work(effect, definition), fault);
    const status = definition.kind === 'ANSWER' ? definition.status : undefined;
    this.journal.append(toRequestEntry(call, { status, ...fault }));
    return undefined;
  }

  private performInTransaction<Result>(
    call: PrimerCall,
    work: Work<Result>,
    facts: NewJournalEntry['facts'] = {},
  ): Answer<Result> {
    const effects: NewJournalEntry[] = [];
    const answer = answerOf(() => work((effect) => effects.push({ kind: 'EFFECT', ...effect })));
    const errorId = 'refusal' in answer ? answer.refusal.fields.errorId : undefined;
    this.journal.append(aboutEffects(toRequestEntry(call, { status: statusOf(answer), errorId, ...facts }), effects));
    for (const effect of effects) this.journal.append(effect);
    return answer;
  }

  private conclude<Result>(call: PrimerCall, answer: Answer<Result>): Result {
    this.answers.inc({ operation: call.operation, status: statusOf(answer) });
    if ('refusal' in answer) throw answer.refusal;
    return answer.result;
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

function statusOf(answer: Answer<unknown>): number {
  return 'refusal' in answer ? answer.refusal.status : 200;
}

function toIntendedAnswer(answer: Answer<unknown>): IntendedAnswer {
  const body = 'refusal' in answer ? answer.refusal.toBody(NO_DIAGNOSTICS_ID) : answer.result;
  return { status: statusOf(answer), body };
}

/** Whatever stands in the path that is no id stays out of the journal: it could be anything, a card number too. */
function attemptIdOf(call: PrimerCall): string | undefined {
  const id = call.params['id'];
  return id !== undefined && UUID_PATTERN.test(id) ? id.toLowerCase() : undefined;
}

function paymentIdOf(call: PrimerCall): string | undefined {
  const id = call.params['id'];
  return id !== undefined && call.route.startsWith('/payments/') && PAYMENT_ID_PATTERN.test(id) ? id : undefined;
}

/** A request that took effect is found by the attempt and the payment of its effects, whichever its path names. */
function aboutEffects(request: NewJournalEntry, effects: readonly NewJournalEntry[]): NewJournalEntry {
  if (effects.length === 0) return request;
  return {
    ...request,
    attemptId: request.attemptId ?? effects.find(({ attemptId }) => attemptId !== undefined)?.attemptId,
    paymentId: request.paymentId ?? effects.find(({ paymentId }) => paymentId !== undefined)?.paymentId,
  };
}

function toRequestEntry(call: PrimerCall, facts: NewJournalEntry['facts']): NewJournalEntry {
  return {
    kind: 'REQUEST',
    name: call.operation,
    attemptId: attemptIdOf(call),
    paymentId: paymentIdOf(call),
    facts: { method: call.method, route: call.route, tenant: call.tenantId, ...facts },
  };
}
