import {
  actionDetailAnswer,
  attemptAnswer,
  type IncidentAnswer,
  incidentListAnswer,
  journalAnswer,
  type JournalEntryAnswer,
  paymentAnswer,
  type PaymentAnswer,
  riskDecisionAnswer,
} from '@tollgate/contracts';
import type { AssessedLetter } from '@tollgate/messaging';
import type { z } from 'zod';
import type { TracedService } from '../ops.config.ts';
import type { AttemptTrace } from './attempt-trace.types.ts';
import type { ServiceClient } from './service.client.ts';

/** The newest incidents that are looked through: pages of 100. */
const INCIDENT_PAGES_MAX = 10;
const INCIDENT_PAGE = 100;
const JOURNAL_PAGE = 200;

/** Asks every service about one attempt and goes on without those that do not answer. */
export class TraceAttemptHandler {
  readonly #gaps: Array<{ source: string; problem: string }> = [];

  /** @param deadLetters all of the installation; may throw */
  constructor(
    private readonly clients: Readonly<Record<TracedService, ServiceClient>>,
    private readonly deadLetters: () => Promise<readonly AssessedLetter[]>,
  ) {}

  /** @param merchantId whose attempt is meant, should two merchants name the same id */
  async trace(paymentAttemptId: string, merchantId?: string): Promise<AttemptTrace> {
    const id = encodeURIComponent(paymentAttemptId);
    const merchant = merchantId === undefined ? '' : `?merchantId=${encodeURIComponent(merchantId)}`;
    const [intake, risk, gateway, letters] = await Promise.all([
      this.#ask('intake', `/v1/attempts/${id}${merchant}`, attemptAnswer.omit({ links: true })),
      this.#ask('risk', `/v1/decisions/${id}${merchant}`, riskDecisionAnswer),
      this.#ask('gateway', `/v1/actions/${id}${merchant}`, actionDetailAnswer),
      this.#readDeadLetters(),
    ]);
    const paymentId = gateway?.outcome?.paymentId ?? intake?.outcome?.paymentId;
    const [incidents, books] = await Promise.all([
      this.#findIncidents(paymentAttemptId, paymentId),
      paymentId === undefined ? { journal: [] } : this.#readBooks(paymentId, gateway?.merchantId ?? intake?.merchantId),
    ]);
    const subjects = new Set([paymentAttemptId, ...(paymentId === undefined ? [] : [paymentId])]);
    return {
      paymentAttemptId,
      ...(intake === undefined ? {} : { intake }),
      ...(risk === undefined ? {} : { risk }),
      ...(gateway === undefined ? {} : { gateway }),
      incidents,
      ...books,
      deadLetters: letters.filter(({ key, subject }) => subjects.has(key ?? '') || subjects.has(subject ?? '')),
      gaps: this.#gaps,
    };
  }

  async #ask<Schema extends z.ZodType>(
    service: TracedService,
    path: string,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    const answer = await this.clients[service].get(path, schema);
    if (answer.kind === 'failed' && !this.#gaps.some(({ source }) => source === service)) {
      this.#gaps.push({ source: service, problem: answer.problem });
    }
    return answer.kind === 'answered' ? answer.body : undefined;
  }

  async #findIncidents(attemptId: string, paymentId: string | undefined): Promise<IncidentAnswer[]> {
    const found: IncidentAnswer[] = [];
    let cursor = '';
    for (let page = 0; page < INCIDENT_PAGES_MAX; page++) {
      const path = `/v1/incidents?limit=${INCIDENT_PAGE}${cursor}`;
      const answer = await this.#ask('gateway', path, incidentListAnswer);
      found.push(
        ...(answer?.data ?? []).filter(
          (each) => each.paymentAttemptId === attemptId || (paymentId !== undefined && each.paymentId === paymentId),
        ),
      );
      if (!answer?.nextCursor) {
        return found;
      }
      cursor = `&cursor=${encodeURIComponent(answer.nextCursor)}`;
    }
    this.#gaps.push({
      source: 'gateway',
      problem: `only the newest ${INCIDENT_PAGES_MAX * INCIDENT_PAGE} incidents were looked through`,
    });
    return found;
  }

  async #readBooks(
    paymentId: string,
    merchantId: string | undefined,
  ): Promise<{ payment?: PaymentAnswer; journal: readonly JournalEntryAnswer[] }> {
    const merchant = merchantId === undefined ? '' : `merchantId=${encodeURIComponent(merchantId)}`;
    const id = encodeURIComponent(paymentId);
    const [payment, journal] = await Promise.all([
      this.#ask('ledger', `/v1/payments/${id}?${merchant}`, paymentAnswer),
      this.#ask('ledger', `/v1/journal?limit=${JOURNAL_PAGE}&paymentId=${id}&${merchant}`, journalAnswer),
    ]);
    return { ...(payment === undefined ? {} : { payment }), journal: journal?.data ?? [] };
  }

  async #readDeadLetters(): Promise<readonly AssessedLetter[]> {
    try {
      return await this.deadLetters();
    } catch (error) {
      this.#gaps.push({ source: 'dead letters', problem: (error as Error).message });
      return [];
    }
  }
}
