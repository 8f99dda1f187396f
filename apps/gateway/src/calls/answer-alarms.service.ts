import { Injectable } from '@nestjs/common';
import type { Action } from '../actions/action.types.ts';
import { CallSettings } from '../gateway.config.ts';
import type { NewIncident } from '../incidents/incident.types.ts';
import { type AnswerWindow, countAnswer, toNewAlarms } from './answer-share.policy.ts';

/** Watches each merchant's answers: a share of 404 means a wrong key, a share of "not manual" a wrong shop. */
@Injectable()
export class AnswerAlarms {
  readonly #windows = new Map<string, AnswerWindow>();

  constructor(private readonly settings: CallSettings) {}

  /** Counts the last answer of an action; returns the alarms it sets off. */
  note({ merchantId, lastAnswer }: Action): NewIncident[] {
    if (lastAnswer === null) {
      return [];
    }
    const window = countAnswer(this.#windows.get(merchantId), lastAnswer, performance.now());
    const kinds = toNewAlarms(window, this.settings.alarmAnswersMin);
    this.#windows.set(merchantId, { ...window, raised: [...window.raised, ...kinds] });
    return kinds.map((kind) => ({
      merchantId,
      kind,
      subject: null,
      attemptId: null,
      paymentId: null,
      facts: { answers: window.total, alarming: window.byAlarm[kind] ?? 0 },
    }));
  }
}
