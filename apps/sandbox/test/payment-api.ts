import type { Answer, Emulator, PrimerErrorBody } from './emulator.ts';

/** What every payment without a client session must say. */
export const ORDER = { amount: 4_200, currencyCode: 'EUR', orderId: 'order-1' } as const;

/** What tests read of Primer's payment object. */
export interface PaymentBody {
  readonly id: string;
  readonly status: string;
  readonly amount: number;
  readonly dateUpdated: string;
  readonly paymentMethod: { readonly isVaulted: boolean; readonly paymentMethodToken: string };
  readonly processor: { readonly amountCaptured: number; readonly amountRefunded: number };
  readonly requiredAction?: { readonly name: string; readonly clientToken: string };
  readonly transactions: readonly {
    readonly transactionType: 'SALE' | 'REFUND';
    readonly processorStatus: string;
    readonly amount: number;
    readonly events?: readonly { readonly id: string; readonly type: string; readonly amount: number }[];
  }[];
}

/** Primer's Payments API as a merchant's server would call it. */
export class PaymentsApi {
  constructor(private readonly emulator: Emulator) {}

  /** A token from the browser; of a card that authorises, unless the wish says otherwise. */
  async token(wish: object = {}): Promise<string> {
    const made = await this.emulator.control<{ token: string }>('POST', '/tokens', {
      cardNumber: '4111111111111111',
      ...wish,
    });
    if (made.status !== 201) throw new Error(`The token was refused: ${made.status} ${made.text}`);
    return made.body.token;
  }

  async create(body: object, headers: Record<string, string> = {}): Promise<Answer<PaymentBody>> {
    return this.emulator.primer<PaymentBody>('POST', '/payments', { body, headers });
  }

  async refused(body: object, headers: Record<string, string> = {}): Promise<Answer<PrimerErrorBody>> {
    return this.emulator.primer<PrimerErrorBody>('POST', '/payments', { body, headers });
  }

  async operate<Body = PaymentBody>(
    id: string,
    operation: string,
    body: object = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    return this.emulator.primer<Body>('POST', `/payments/${id}/${operation}`, { body, headers });
  }

  /** A payment that waits for its capture. */
  async authorised(wish: object = {}): Promise<PaymentBody> {
    return (await this.create({ ...ORDER, paymentMethodToken: await this.token(), ...wish })).body;
  }

  /** A payment all of which is captured. */
  async captured(): Promise<PaymentBody> {
    const { id } = await this.authorised();
    return (await this.operate(id, 'capture')).body;
  }

  async captureEvents(id: string): Promise<readonly { readonly id: string; readonly amount: number }[]> {
    const { body } = await this.emulator.primer<PaymentBody>('GET', `/payments/${id}?expand=transactions.events`);
    return body.transactions.flatMap(({ events = [] }) => events.filter(({ type }) => type === 'CAPTURE_SUCCEEDED'));
  }
}
