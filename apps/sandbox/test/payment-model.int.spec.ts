import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { integrityRun } from '@tollgate/testing';
import fc from 'fast-check';
import { join } from 'node:path';
import { Emulator, temporaryFolder } from './emulator.ts';
import { type Card, CARDS, type Move } from './payment-model.ts';
import { PaymentWalk } from './payment-walk.ts';

const AUTHORISED = 1_000;
const run = integrityRun();
const LIVES = run.choose({ short: 40, quick: 200, full: 1_000 });
const MOVES_MAX = run.choose({ short: 12, quick: 20, full: 40 });
const TIMEOUT_MS = 600_000;

const folder = temporaryFolder();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'model.db'));
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

const card: fc.Arbitrary<Card> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('authorises' as const) },
  { weight: 3, arbitrary: fc.constant('asks the shopper' as const) },
  { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(CARDS) as Card[])) },
);

const amount = fc.option(fc.oneof(fc.nat(AUTHORISED + 200), fc.constantFrom(0, 400, 600, AUTHORISED)), {
  nil: undefined,
});

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('capture' as const), amount, final: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('refund' as const), amount, fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust-authorization' as const),
      amount: fc.integer({ min: 1, max: 2_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('challenge' as const), passed: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const) }) },
);

it(
  'whatever a merchant asks of a payment, from its making on and in whatever order, its life is the documented one and its amounts add up',
  async () => {
    const lives = fc.assert(
      fc.asyncProperty(card, fc.array(move, { maxLength: MOVES_MAX }), async (madeWith, moves) => {
        const walk = await PaymentWalk.begin(emulator, { card: madeWith, amount: AUTHORISED });
        for (const next of moves) await walk.make(next);
      }),
      { numRuns: LIVES, seed: run.seed },
    );
    await expect(lives).resolves.toBeUndefined();
  },
  TIMEOUT_MS,
);
