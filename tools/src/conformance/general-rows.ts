import { randomUUID } from 'node:crypto';
import { PRIMER_CALLS, type PrimerCallName, type PrimerRequest } from '@tollgate/primer-client';
import type { MatrixRow } from './matrix.types.ts';

/** A request of each call that has no effect, whatever it is answered. */
function harmless(call: PrimerCallName): PrimerRequest {
  const { route, method } = PRIMER_CALLS[call];
  return {
    call,
    ...(route.includes('{id}') ? { id: route.startsWith('/payment-attempts') ? randomUUID() : 'nosuch01' } : {}),
    ...(method === 'GET' || call === 'approveAttempt' ? {} : { body: {} }),
    ...(call === 'getClientSession' ? { query: new URLSearchParams({ clientToken: 'unknown' }) } : {}),
  };
}

/** What the documents give to every call: no valid key, a key without the scope, 90 seconds that were not enough. */
export const GENERAL_ROWS: readonly MatrixRow[] = (Object.keys(PRIMER_CALLS) as PrimerCallName[]).flatMap((call) => [
  {
    call,
    expected: { status: 401 },
    when: 'a key that nobody has',
    ask: (stage) => stage.ask(harmless(call), { 'X-API-KEY': 'a-key-that-nobody-has' }),
  },
  {
    call,
    expected: { status: 403 },
    when: 'a key without the scope',
    ask: (stage) => {
      const { scopelessApiKey } = stage.options;
      return scopelessApiKey === undefined
        ? stage.askForced(harmless(call), { status: 403, errorId: 'Forbidden' })
        : stage.ask(harmless(call), { 'X-API-KEY': scopelessApiKey });
    },
  },
  {
    call,
    expected: { status: 504 },
    when: 'the server gives up after 90 s',
    ask: (stage) => stage.askForced(harmless(call), { status: 504 }),
  },
]);
