import type {
  AbortAttemptAnswer,
  AcceptedAttemptAnswer,
  AttemptAnswer,
  AttemptStatus,
  ConcludedAttemptAnswer,
} from '@tollgate/contracts';

import { sampleId } from '../event-samples.ts';
import { request } from './http-client.ts';
import type { HttpAnswer } from './http-client.ts';

/** Test cards of Primer's sandbox, by what their processor does. */
export const TEST_CARDS = {
  authorised: '4111111111111111',
  declined: '4000000000000002',
  failed: '4000000000000010',
} as const;

/** What a shopper buys and how the emulator shall behave about it; amounts in minor units. */
export interface Purchase {
  amount?: number;
  currencyCode?: string;
  orderId?: string;
  customerId?: string;
  cardNumber?: string;
  approvalMode?: 'MANUAL' | 'AUTO';
  ttlSeconds?: number;
  /** Tokenise on this session again instead of opening one. */
  clientSessionId?: string;
  webhook?: { delayMs?: number; duplicates?: number };
}

/** The detail of the browser's event `primer:payment-approval-required`. */
export interface ApprovalRequired {
  clientSessionId: string;
  paymentAttemptId: string;
  timestamp: number;
  paymentMethodToken: Record<string, unknown> & { token: string };
}

/** What intake answers to a posted attempt: with an outcome (200) or without (202). */
export type PostedAttempt = Partial<Omit<ConcludedAttemptAnswer, 'status'> & Omit<AcceptedAttemptAnswer, 'status'>> & {
  paymentAttemptId: string;
  status: AttemptStatus;
};

/** A checkout on its way: the SDK's event and the body the shop's server posts about it. */
export interface Checkout {
  paymentAttemptId: string;
  body: ApprovalRequired & { order: Record<string, unknown> };
}

/** A shop's browser and server in one: tokenises at the emulator, posts to intake. */
export class Shop {
  constructor(
    private readonly places: {
      intakeUrl: string;
      sandboxUrl: string;
      intakeApiKey: string;
      operatorToken: string;
    },
  ) {}

  /** Opens a session at the emulator, tokenises and starts an attempt; nothing is posted yet. */
  async beginCheckout(purchase: Purchase = {}): Promise<Checkout> {
    const order = {
      orderId: purchase.orderId ?? sampleId('order'),
      amount: purchase.amount ?? 4_200,
      currencyCode: purchase.currencyCode ?? 'EUR',
      customerId: purchase.customerId ?? sampleId('customer'),
    };
    const { approvalMode, cardNumber, clientSessionId, ttlSeconds, webhook } = purchase;
    const answer = await request<ApprovalRequired>(`${this.places.sandboxUrl}/_sandbox/attempts`, {
      token: this.places.operatorToken,
      body: { ...order, approvalMode, cardNumber, clientSessionId, ttlSeconds, webhook },
    });
    if (answer.status >= 300) throw new Error(`the emulator refused: ${JSON.stringify(answer.body)}`);
    return { paymentAttemptId: answer.body.paymentAttemptId, body: { ...answer.body, order } };
  }

  /** Posts the checkout to intake; with `waitSeconds` it asks for the outcome (`Prefer: wait`). */
  async post(checkout: Checkout, { waitSeconds }: { waitSeconds?: number } = {}): Promise<HttpAnswer<PostedAttempt>> {
    return request(`${this.places.intakeUrl}/v1/attempts`, {
      token: this.places.intakeApiKey,
      body: checkout.body,
      headers: waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` },
    });
  }

  /** Begins a checkout, posts it and waits for its outcome. */
  async buy(purchase: Purchase = {}): Promise<PostedAttempt> {
    const answer = await this.post(await this.beginCheckout(purchase), { waitSeconds: 30 });
    if (answer.status !== 200) throw new Error(`no outcome: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** The attempt as intake knows it now. */
  async find(paymentAttemptId: string): Promise<HttpAnswer<AttemptAnswer>> {
    return request(`${this.places.intakeUrl}/v1/attempts/${paymentAttemptId}`, { token: this.places.intakeApiKey });
  }

  /** The shop's own abort: the customer has left, or the goods are gone. */
  async abort(paymentAttemptId: string, reason: string): Promise<HttpAnswer<AbortAttemptAnswer>> {
    return request(`${this.places.intakeUrl}/v1/attempts/${paymentAttemptId}/abort`, {
      token: this.places.intakeApiKey,
      body: { reason },
    });
  }
}
