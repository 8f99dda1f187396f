import type { IncidentKind } from '../actions/action.types.ts';

/** Answers that are nothing by themselves and an alarm once they are a share of all. */
const ALARM_OF_ANSWER: Readonly<Record<string, IncidentKind>> = {
  '404 PaymentAttemptNotFound': 'WRONG_KEY_OR_TENANT',
  '409 ClientSessionNotManual': 'SESSIONS_NOT_MANUAL',
};

/** The share of a merchant's answers in one minute from which on they are an alarm. */
const ALARM_SHARE = 0.5;
const WINDOW_MS = 60_000;

/** One merchant's answers of the current minute. */
export interface AnswerWindow {
  readonly startedAtMs: number;
  readonly total: number;
  readonly byAlarm: Readonly<Partial<Record<IncidentKind, number>>>;
  readonly raised: readonly IncidentKind[];
}

/** Counts an answer; a minute after its first answer a window is over and another one begins. */
export function countAnswer(before: AnswerWindow | undefined, answer: string, nowMs: number): AnswerWindow {
  const window =
    before === undefined || nowMs - before.startedAtMs >= WINDOW_MS
      ? { startedAtMs: nowMs, total: 0, byAlarm: {}, raised: [] }
      : before;
  const alarm = ALARM_OF_ANSWER[answer];
  const byAlarm =
    alarm === undefined ? window.byAlarm : { ...window.byAlarm, [alarm]: (window.byAlarm[alarm] ?? 0) + 1 };
  return { ...window, total: window.total + 1, byAlarm };
}

/** Alarms that this window gives reason for and has not raised yet. */
export function toNewAlarms(window: AnswerWindow, answersMin: number): IncidentKind[] {
  return (Object.keys(window.byAlarm) as IncidentKind[]).filter((kind) => {
    const count = window.byAlarm[kind] ?? 0;
    return !window.raised.includes(kind) && count >= answersMin && count >= window.total * ALARM_SHARE;
  });
}
