/** One way a checkout can go: a card, or a fault of the provider or the browser with a card that is authorised. */
export interface ShopChoice {
  readonly id: string;
  readonly kind: 'card' | 'fault';
  readonly title: string;
  /** What is to be expected. */
  readonly explanation: string;
  /** What makes it so: fields of the control API's `POST /_sandbox/attempts`. */
  readonly wish: object;
  /** Faults of `POST /_sandbox/faults`, each set for this attempt before anybody hears of it. */
  readonly faults: readonly object[];
  /** How often the browser fires its event: a page that is reloaded fires it again. */
  readonly firings: 1 | 2;
}

function card(id: string, title: string, explanation: string, cardNumber: string): ShopChoice {
  return { id, kind: 'card', title, explanation, wish: { cardNumber }, faults: [], firings: 1 };
}

function fault(
  id: string,
  title: string,
  explanation: string,
  means: Partial<Pick<ShopChoice, 'wish' | 'faults' | 'firings'>>,
): ShopChoice {
  return { id, kind: 'fault', title, explanation, wish: {}, faults: [], firings: 1, ...means };
}

/** Everything there is to pick. Card numbers are the test cards of https://primer.io/docs/payments/testing */
export const SHOP_CHOICES: readonly ShopChoice[] = [
  card('visa', 'Visa •••• 1111', 'is authorised', '4111111111111111'),
  card('mastercard', 'Mastercard •••• 4444', 'is authorised', '5555555555554444'),
  card('challenged', 'Visa •••• 2017', 'asks the shopper who pays (3-D Secure)', '4916994064252017'),
  card('declined', 'Visa •••• 0002', 'is declined by its issuer', '4000000000000002'),
  card('failed', 'Visa •••• 0010', 'fails at the processor', '4000000000000010'),
  fault('lost-answer', 'Lost answer', 'Primer makes the payment; nobody hears of it', {
    faults: [{ kind: 'LOST_ANSWER' }],
  }),
  fault('busy', 'Busy provider', 'Primer answers 503 twice, then as usual', {
    faults: [{ kind: 'ANSWER', status: 503, times: 2 }],
  }),
  fault('garbled', 'Garbled answer', 'Primer makes the payment and answers nonsense', {
    faults: [{ kind: 'MALFORMED_BODY' }],
  }),
  fault('expired', 'Expired attempt', 'Primer answers 410: it is too late', { wish: { ttlSeconds: 0 } }),
  fault('late-webhook', 'Late webhook', 'the books hear of the payment 10 s later', {
    wish: { webhook: { delayMs: 10_000 } },
  }),
  fault('repeated-webhook', 'Repeated webhook', 'the same news three times', { wish: { webhook: { duplicates: 2 } } }),
  fault('reloaded', 'Reloaded page', 'the browser fires its event twice', { firings: 2 }),
];

const CHOICE_BY_ID = new Map(SHOP_CHOICES.map((choice) => [choice.id, choice]));

export function isChoice(id: string): boolean {
  return CHOICE_BY_ID.has(id);
}

/** @throws Error for an id that is no choice */
export function getChoice(id: string): ShopChoice {
  const choice = CHOICE_BY_ID.get(id);
  if (choice === undefined) throw new Error(`${id} is no choice of the shop`);
  return choice;
}
