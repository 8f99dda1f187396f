import { describe, expect, it } from '@jest/globals';
import type { DeadLetter } from './dead-letter.ts';
import { assessLetters, type InboxRow } from './dead-letter-state.ts';
import type { LetterNote } from './letter-note.ts';

const TIME = new Date('2026-11-21T09:00:00Z');
const DIGEST = Buffer.from('a-digest');

function letter(parts: Partial<DeadLetter> = {}): DeadLetter {
  return {
    id: 'risk/attempts.v1/0/7',
    consumer: 'risk',
    origin: { topic: 'tollgate.attempts.v1', partition: 0, offset: '7' },
    code: 'HANDLER_FAILED',
    reason: { message: 'The handler failed' },
    stack: [],
    count: 1,
    failedAt: TIME,
    receivedAt: TIME,
    key: 'attempt-1',
    valueBytes: 2,
    inboxKey: { source: '/shop', id: 'event-1', time: TIME, digest: DIGEST },
    ...parts,
  };
}

function row(parts: Partial<InboxRow> = {}): InboxRow {
  return { source: '/shop', eventId: 'event-1', eventTime: TIME, digest: DIGEST, status: 'dead', ...parts };
}

function note(action: LetterNote['action']): ReadonlyMap<string, LetterNote> {
  return new Map([[letter().id, { letterId: letter().id, action, by: 'ann', at: TIME.toISOString() }]]);
}

function assess(letters: DeadLetter[], rows: InboxRow[] = [row()], notes: ReadonlyMap<string, LetterNote> = new Map()) {
  return assessLetters(letters, () => rows, notes).map(({ state, forecast }) => ({ state, forecast }));
}

describe('assessLetters', () => {
  it('calls a letter open that nobody has touched', () => {
    expect(assess([letter()])).toEqual([{ state: 'open', forecast: 'handle' }]);
  });

  it.each(['re-driven', 'discarded'] as const)('believes the note that it was %s', (action) => {
    expect(assess([letter()], [row()], note(action))).toMatchObject([{ state: action }]);
  });

  it('believes the inbox more than any note: what is done is handled, and is absorbed when it comes again', () => {
    const done = [row({ status: 'done' })];
    expect(assess([letter()], done, note('discarded'))).toEqual([{ state: 'handled', forecast: 'absorb' }]);
  });

  it.each([
    ['payload', { digest: Buffer.from('another') }],
    ['time', { eventTime: new Date(0) }],
  ])('foretells a conflict when the id is known with another %s', (_what, other) => {
    expect(assess([letter()], [row({ ...other, status: 'done' })])).toEqual([{ state: 'open', forecast: 'conflict' }]);
  });

  it('foretells no conflict when the event itself is known beside another of its id', () => {
    const rows = [row({ digest: Buffer.from('another'), status: 'done' }), row()];
    expect(assess([letter()], rows)).toEqual([{ state: 'open', forecast: 'handle' }]);
  });

  it('foretells a refusal where this version cannot read the record', () => {
    const refusal = { code: 'RECORD_NOT_JSON', message: 'The record is not JSON' };
    expect(assess([letter({ refusal })])).toEqual([{ state: 'open', forecast: 'refuse' }]);
  });

  it('does not take a record without a name for another one that lay at its place', () => {
    const nameless = letter({
      inboxKey: { source: 'kafka:tollgate.attempts.v1', id: '0/7', time: new Date(1), digest: DIGEST },
    });
    expect(assess([nameless])).toEqual([{ state: 'open', forecast: 'handle' }]);
  });

  it('lets the newest letter stand for an event that died again', () => {
    const again = letter({ id: 'risk/attempts.v1/0/9', failedAt: new Date(TIME.getTime() + 1), count: 2 });
    expect(assess([again, letter()])).toMatchObject([{ state: 'open' }, { state: 'superseded' }]);
  });

  it('lets the letter of another consumer stand for itself', () => {
    const other = letter({ id: 'intake/attempts.v1/0/9', consumer: 'intake', redriveOf: 'risk/attempts.v1/0/7' });
    expect(assess([letter(), other])).toMatchObject([{ state: 'open' }, { state: 'open' }]);
  });
});
