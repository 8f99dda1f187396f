import { expect, it } from '@jest/globals';
import { letterSample } from '../../test/letter-sample.ts';
import { reportGroups, reportLetter, reportPlan } from './letter-report.service.ts';

it('shows groups with their counts, their times and ids to go on with', () => {
  const text = reportGroups([1, 2, 3, 4].map((n) => letterSample({ id: `risk/attempts.v1/0/${n}` })));
  expect(text).toContain('4  risk      tollgate.attempts.v1  HANDLER_FAILED  The handler failed with TypeError');
  expect(text).toContain('for example: risk/attempts.v1/0/1  risk/attempts.v1/0/2  risk/attempts.v1/0/3  …');
});

it('shows a letter with its reason, its record, and what a re-drive would bring', () => {
  const letter = letterSample({
    reason: { message: 'The attempt is known with another identity', facts: { fields: ['amount'] } },
    note: { letterId: 'x', action: 'discarded', by: 'ann', at: '2026-11-21T10:00:00.000Z', reason: 'a test' },
  });
  const text = reportLetter(letter, {
    letter,
    headers: { ce_id: 'event-1', 'tollgate-dead-letter-code': 'shown above' },
    key: Buffer.from('attempt-1'),
    value: Buffer.from('{"merchantId":"shop"}'),
  });
  expect(text).toContain('identity {"fields":["amount"]}');
  expect(text).toContain('discarded by ann at 2026-11-21 10:00:00Z: a test');
  expect(text).toContain('its handler gets the record once more, and it takes effect once');
  expect(text).toContain('"merchantId": "shop"');
  expect(text).not.toContain('shown above');
});

it('lets no record move the cursor of the terminal that shows it', () => {
  const letter = letterSample({ key: '\u001b[2J' });
  const opened = { letter, headers: { odd: '\u001b]0;title\u0007' }, key: null, value: Buffer.from('\u001b[31mred') };
  // oxlint-disable-next-line no-control-regex -- it is what must not be there
  expect(reportLetter(letter, opened) + reportGroups([letter])).not.toMatch(/[\u0007\u001b]/);
});

it('says what is left alone, and why', () => {
  const text = reportPlan({
    send: [],
    leave: [letterSample({ forecast: 'absorb' }), letterSample({ forecast: 'conflict' })],
  });
  expect(text).toContain('Nothing to send.');
  expect(text).toContain('1 × nothing: it has had its effect');
  expect(text).toContain('1 × a dead letter again: the id belongs to another event');
});
