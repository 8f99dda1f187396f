import type { AssessedLetter } from '@tollgate/messaging';

/** An open letter of risk's. */
export function letterSample(parts: Partial<AssessedLetter> = {}): AssessedLetter {
  const failedAt = new Date('2026-11-21T09:00:00Z');
  return {
    id: 'risk/attempts.v1/0/7',
    consumer: 'risk',
    origin: { topic: 'tollgate.attempts.v1', partition: 0, offset: '7' },
    code: 'HANDLER_FAILED',
    reason: { message: 'The handler failed with TypeError' },
    stack: ['at DecideAttemptsHandler.handle'],
    count: 1,
    failedAt,
    receivedAt: failedAt,
    key: 'attempt-1',
    valueBytes: 21,
    eventId: 'event-1',
    inboxKey: { source: '/shop', id: 'event-1', time: failedAt, digest: Buffer.from('a-digest') },
    state: 'open',
    forecast: 'handle',
    ...parts,
  };
}
