import type { MatrixRow } from './matrix.types.ts';
import { CannotPrepare } from './answer.types.ts';
import type { Stage } from './stage.ts';

const TOKEN_INVALID = { status: 400, errorId: 'ClientSessionValidationError' } as const;
const EMPTY_KEY = { status: 400, errorId: 'MetadataContainsEmptyKey' } as const;
const INVALID = { status: 422, errorId: 'RequestValidationError' } as const;

/** The token of a session that was just made. The report never shows it, so it is asked for separately. */
async function newClientToken(stage: Stage): Promise<string> {
  const token = await stage.makeClientToken();
  if (token === undefined) {
    throw new CannotPrepare('no client session can be made');
  }
  return token;
}

/** Every documented answer about client sessions. */
export const SESSION_ROWS: readonly MatrixRow[] = [
  {
    call: 'createClientSession',
    expected: { status: 200 },
    when: 'approval mode MANUAL, order, amount and currency',
    ask: (stage) =>
      stage.ask({ call: 'createClientSession', body: { ...stage.newPurchase(), approvalMode: 'MANUAL' } }),
  },
  {
    call: 'createClientSession',
    expected: { status: 200 },
    when: 'line items and a customer instead of an amount',
    ask: (stage) => {
      const { amount, ...purchase } = stage.newPurchase();
      const order = { lineItems: [{ itemId: 'socks', amount, quantity: 2 }], countryCode: 'DE' };
      const body = { ...purchase, order, customerId: 'customer-1', customer: { emailAddress: 'one@example.com' } };
      return stage.ask({ call: 'createClientSession', body });
    },
  },
  {
    call: 'createClientSession',
    expected: TOKEN_INVALID,
    when: 'the answer that the documents give to an invalid client token',
    ask: (stage) => stage.askForced({ call: 'createClientSession', body: stage.newPurchase() }, TOKEN_INVALID),
  },
  {
    call: 'createClientSession',
    expected: EMPTY_KEY,
    when: 'an empty key in metadata',
    ask: (stage) => stage.ask({ call: 'createClientSession', body: { ...stage.newPurchase(), metadata: { '': 'x' } } }),
  },
  {
    call: 'createClientSession',
    expected: INVALID,
    when: 'a customer id that is no text',
    ask: (stage) => stage.ask({ call: 'createClientSession', body: { ...stage.newPurchase(), customerId: 5 } }),
  },
  {
    call: 'getClientSession',
    expected: { status: 200 },
    when: 'the token of a session',
    ask: async (stage) =>
      stage.ask({ call: 'getClientSession', query: new URLSearchParams({ clientToken: await newClientToken(stage) }) }),
  },
  {
    call: 'getClientSession',
    expected: TOKEN_INVALID,
    when: 'a token that nobody gave out',
    ask: (stage) => stage.ask({ call: 'getClientSession', query: new URLSearchParams({ clientToken: 'unknown' }) }),
  },
  {
    call: 'getClientSession',
    expected: INVALID,
    when: 'no token',
    ask: (stage) => stage.ask({ call: 'getClientSession' }),
  },
  {
    call: 'updateClientSession',
    expected: { status: 200 },
    when: 'another amount',
    ask: async (stage) =>
      stage.ask({ call: 'updateClientSession', body: { clientToken: await newClientToken(stage), amount: 9_900n } }),
  },
  {
    call: 'updateClientSession',
    expected: TOKEN_INVALID,
    when: 'a token that nobody gave out',
    ask: (stage) => stage.ask({ call: 'updateClientSession', body: { clientToken: 'unknown', amount: 9_900n } }),
  },
  {
    call: 'updateClientSession',
    expected: EMPTY_KEY,
    when: 'an empty key in metadata',
    ask: async (stage) =>
      stage.ask({
        call: 'updateClientSession',
        body: { clientToken: await newClientToken(stage), metadata: { '': 'x' } },
      }),
  },
  {
    call: 'updateClientSession',
    expected: INVALID,
    when: 'an amount that is no number',
    ask: async (stage) =>
      stage.ask({ call: 'updateClientSession', body: { clientToken: await newClientToken(stage), amount: 'much' } }),
  },
];
