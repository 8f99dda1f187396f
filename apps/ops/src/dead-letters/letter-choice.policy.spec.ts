import { describe, expect, it } from '@jest/globals';
import type { AssessedLetter } from '@tollgate/messaging';
import { chooseLetters, groupLetters, parseSince, planRedrive } from './letter-choice.policy.ts';
import { letterSample } from '../../test/letter-sample.ts';

describe('chooseLetters', () => {
  const letters = [
    letterSample({ id: 'a' }),
    letterSample({ id: 'b', state: 'discarded' }),
    letterSample({ id: 'c', consumer: 'intake', code: 'MERCHANT_UNKNOWN' }),
    letterSample({ id: 'd', failedAt: new Date('2026-11-20T00:00:00Z') }),
  ];
  const idsOf = (chosen: AssessedLetter[]) => chosen.map(({ id }) => id).join('');

  it.each([
    ['only open ones', { ids: [] }, 'acd'],
    ['those of a consumer', { ids: [], consumer: 'intake' }, 'c'],
    ['those of a code', { ids: [], code: 'MERCHANT_UNKNOWN' }, 'c'],
    ['those of a topic by its noun', { ids: [], topic: 'attempts' }, 'acd'],
    ['those of a topic by its full name', { ids: [], topic: 'tollgate.attempts.v1' }, 'acd'],
    ['none of another topic', { ids: [], topic: 'decisions' }, ''],
    ['those that died since', { ids: [], since: new Date('2026-11-21T00:00:00Z') }, 'ac'],
    ['those named, whatever their state', { ids: ['b', 'c'] }, 'bc'],
  ])('chooses %s', (_what, choice, expected) => {
    expect(idsOf(chooseLetters(letters, choice))).toBe(expected);
  });

  it('chooses the others too when all are asked for', () => {
    expect(idsOf(chooseLetters(letters, { ids: [] }, { all: true }))).toBe('abcd');
  });
});

it('sends only what is sure to be of use, and what this version refuses on request', () => {
  const letters = (['handle', 'refuse', 'absorb', 'conflict'] as const).map((forecast) => letterSample({ forecast }));
  const sentOf = (refusedToo: boolean) => planRedrive(letters, { refusedToo }).send.map(({ forecast }) => forecast);
  expect(sentOf(false)).toEqual(['handle']);
  expect(sentOf(true)).toEqual(['handle', 'refuse']);
  expect(planRedrive(letters).leave).toHaveLength(3);
});

it('groups by topic, consumer, code and reason, the largest first', () => {
  const groups = groupLetters([
    letterSample({ code: 'RECORD_NOT_JSON' }),
    letterSample({ failedAt: new Date('2026-11-21T10:00:00Z') }),
    letterSample({ failedAt: new Date('2026-11-21T08:00:00Z'), forecast: 'absorb' }),
  ]);
  expect(groups.map(({ code, letters }) => [code, letters.length])).toEqual([
    ['HANDLER_FAILED', 2],
    ['RECORD_NOT_JSON', 1],
  ]);
  expect(groups[0]).toMatchObject({
    oldest: new Date('2026-11-21T08:00:00Z'),
    newest: new Date('2026-11-21T10:00:00Z'),
    forecasts: { handle: 1, absorb: 1 },
  });
});

describe('parseSince', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each([
    ['90s', '2026-11-21T11:58:30.000Z'],
    ['30m', '2026-11-21T11:30:00.000Z'],
    ['2h', '2026-11-21T10:00:00.000Z'],
    ['3d', '2026-11-18T12:00:00.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['2026-11-20T09:00:00Z', '2026-11-20T09:00:00.000Z'],
  ])('reads %s', (text, expected) => {
    expect(parseSince(text, now).toISOString()).toBe(expected);
  });

  it.each(['', 'yesterday', '5', '2w', '2026-13-40'])('refuses "%s" and tells what it takes', (text) => {
    expect(() => parseSince(text, now)).toThrow('--since takes');
  });
});
