import { describe, expect, it } from '@jest/globals';
import { type AnswerWindow, countAnswer, toNewAlarms } from './answer-share.policy.ts';

const MISSING = '404 PaymentAttemptNotFound';
const count = (answers: readonly string[], before?: AnswerWindow, nowMs = 0) =>
  answers.reduce<AnswerWindow | undefined>((window, answer) => countAnswer(window, answer, nowMs), before)!;

describe('a share of answers', () => {
  it('is an alarm from half of at least so many answers', () => {
    expect(toNewAlarms(count([MISSING, MISSING, MISSING, '200', '200', '200']), 3)).toEqual(['WRONG_KEY_OR_TENANT']);
    expect(toNewAlarms(count([MISSING, MISSING, MISSING, '200', '200', '200', '200']), 3)).toEqual([]);
    expect(toNewAlarms(count([MISSING, MISSING]), 3)).toEqual([]);
  });

  it('is an alarm of its own for sessions that are not manual', () => {
    expect(toNewAlarms(count(['409 ClientSessionNotManual']), 1)).toEqual(['SESSIONS_NOT_MANUAL']);
  });

  it('is raised once a minute', () => {
    const window = { ...count([MISSING]), raised: ['WRONG_KEY_OR_TENANT' as const] };
    expect(toNewAlarms(countAnswer(window, MISSING, 59_999), 1)).toEqual([]);
    expect(toNewAlarms(countAnswer(window, MISSING, 60_000), 1)).toEqual(['WRONG_KEY_OR_TENANT']);
  });
});
