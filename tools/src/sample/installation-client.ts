import {
  approvalListAnswer,
  attemptAnswer,
  journalAnswer,
  listOf,
  paymentAnswer,
  paymentCommandStatus,
  trialBalanceAnswer,
} from '@tollgate/contracts';
import type {
  ApprovalAnswer,
  AttemptAnswer,
  JournalEntryAnswer,
  PaymentAnswer,
  TrialBalanceAnswer,
} from '@tollgate/contracts';
import { z } from 'zod';

import type { Credentials } from '../launcher/credentials.ts';
import { JsonClient } from './json-client.ts';
import type { PlannedCheckout } from './sample-plan.policy.ts';

/** Where the services are, as `http://host:port`. */
export interface Addresses {
  intake: string;
  approvals: string;
  gateway: string;
  ledger: string;
  sandbox: string;
}

const browserEvent = z.looseObject({ paymentAttemptId: z.string(), timestamp: z.number() });
/** The SDK's event detail, as the emulator plays it. */
export type BrowserEvent = z.output<typeof browserEvent>;

const providerAttempt = z.object({
  approvalStatus: z.enum(['REQUIRES_APPROVAL', 'APPROVED', 'ABORTED', 'EXPIRED']),
  paymentId: z.string().optional(),
  calls: z.object({ approve: z.int(), abort: z.int() }),
});
export type ProviderAttempt = z.output<typeof providerAttempt>;

const providerPayment = z.object({
  id: z.string(),
  status: z.string(),
  orderId: z.string(),
  amount: z.int(),
  currencyCode: z.string(),
  processor: z.object({ amountCaptured: z.int().default(0), amountRefunded: z.int().default(0) }),
});
export type ProviderPayment = z.output<typeof providerPayment>;

const providerEntry = z.object({
  kind: z.enum(['REQUEST', 'EFFECT', 'WEBHOOK']),
  name: z.string(),
  facts: z.record(z.string(), z.unknown()),
});
export type ProviderEntry = z.output<typeof providerEntry>;

const providerWebhook = z.object({
  state: z.enum(['PENDING', 'SENDING', 'DELIVERED', 'DROPPED']),
  paymentId: z.string().nullable(),
  deliveries: z.array(z.object({ statusCode: z.int().nullable() })),
});
export type ProviderWebhook = z.output<typeof providerWebhook>;

const gateAction = z.looseObject({ paymentId: z.string().nullish() });
export type GateAction = z.output<typeof gateAction>;

const commandState = z.object({ status: paymentCommandStatus, reason: z.string().nullish() });
export type CommandState = z.output<typeof commandState>;

/** A command as the shop sends it; `body` holds amounts in minor units. */
export interface PaymentCommandWish {
  command: string;
  /** Sent again with the same id it is carried out once. */
  commandId: string;
  body: { amount?: number; final?: boolean };
}

const PAGE_MAX = 200;
/** What is left to expire shall not keep the sample waiting. */
const REVIEW_WITHIN_SECONDS = 10;
const COMMAND_WAIT_SECONDS = 20;

/** Everything that the sample asks a running installation: as the shop, as the operator, and as Primer's client. */
export class InstallationClient {
  private readonly shop: JsonClient;
  private readonly till: JsonClient;
  private readonly gateway: JsonClient;
  private readonly ledger: JsonClient;
  private readonly emulator: JsonClient;
  private readonly primer: JsonClient;
  private readonly approvals: JsonClient | undefined;
  private readonly reviewer: string;

  constructor(
    private readonly addresses: Addresses,
    credentials: Credentials,
  ) {
    const operator = { authorization: `Bearer ${credentials.operatorToken}` };
    const merchant = { authorization: `Bearer ${credentials.intakeApiKey}` };
    this.shop = new JsonClient(addresses.intake, merchant);
    this.till = new JsonClient(addresses.gateway, merchant);
    this.gateway = new JsonClient(addresses.gateway, operator);
    this.ledger = new JsonClient(addresses.ledger, operator);
    this.emulator = new JsonClient(addresses.sandbox, operator);
    const { platformApiKey, reviewers } = credentials;
    this.reviewer = reviewers?.[0].email ?? '';
    this.approvals =
      platformApiKey === undefined || reviewers === undefined
        ? undefined
        : new JsonClient(addresses.approvals, { authorization: `Bearer ${platformApiKey}` });
    this.primer = new JsonClient(addresses.sandbox, {
      'x-api-key': credentials.primerApiKey,
      'x-api-version': '2.4',
    });
  }

  /** Whether this installation has somebody who reviews. */
  get hasReviewer(): boolean {
    return this.approvals !== undefined;
  }

  /** The approval that waits for a person's word on the attempt or command, once there is one. */
  async pendingReview(
    resourceType: 'payment_attempt' | 'payment_command',
    resourceId: string,
  ): Promise<ApprovalAnswer | undefined> {
    const path = `/v0/approvals?decision=pending&resourceType=${resourceType}&resourceId=${encodeURIComponent(resourceId)}`;
    return (await this.approvals?.get(path, approvalListAnswer))?.data[0];
  }

  /**
   * Decides in the name of the sample's reviewer. Asked again after a lost answer, or too late, it changes nothing.
   */
  async review({ id, dataSnapshotHash }: ApprovalAnswer, decision: 'approved' | 'rejected'): Promise<void> {
    const body = { decision, dataSnapshotHash, actorId: this.reviewer, note: 'reviewed by the sample' };
    await this.approvals?.patch(`/v0/approvals/${id}`, { body, expected: [200, 409], schema: z.unknown() });
  }

  /** A link that opens the emulator's shop in a browser. */
  async makeShopLink(): Promise<string> {
    const schema = z.object({ path: z.string() });
    const { body } = await this.emulator.post('/_sandbox/shop-links', { body: {}, expected: [201], schema });
    return `${this.addresses.sandbox}${body.path}`;
  }

  /** Plays the shopper's browser. Asked again after a lost answer it plays another one, which nobody then posts. */
  async tokenise(checkout: PlannedCheckout): Promise<BrowserEvent> {
    const { orderId, customerId, amountMinor, currency, kind } = checkout;
    const body = { orderId, customerId, amount: amountMinor, currencyCode: currency, ...kind.play };
    return (await this.emulator.post('/_sandbox/attempts', { body, expected: [200, 201], schema: browserEvent })).body;
  }

  /** Posts an attempt as the shop's server does. @returns the status, an outcome's where one is known */
  async postAttempt(event: BrowserEvent, checkout: PlannedCheckout, waitSeconds: number): Promise<string> {
    const { orderId, customerId, amountMinor, currency, kind } = checkout;
    const answer = await this.shop.post('/v1/attempts', {
      body: {
        ...event,
        order: { orderId, customerId, amount: amountMinor, currencyCode: currency },
        ...(kind.review === undefined ? {} : { decideWithinSeconds: REVIEW_WITHIN_SECONDS }),
      },
      headers: { prefer: `wait=${waitSeconds}` },
      expected: [200, 202],
      schema: z.object({ status: z.string() }),
    });
    return answer.body.status;
  }

  /** Sends a command about a payment as the shop's server does, and waits a while for its end. */
  async command(paymentId: string, { command, commandId, body }: PaymentCommandWish): Promise<CommandState> {
    const answer = await this.till.post(`/v1/payments/${encodeURIComponent(paymentId)}/${command}`, {
      body,
      headers: { 'idempotency-key': commandId, prefer: `wait=${COMMAND_WAIT_SECONDS}` },
      expected: [200, 202],
      schema: commandState,
    });
    return answer.body;
  }

  commandState(commandId: string): Promise<CommandState> {
    return this.till.get(`/v1/payment-commands/${encodeURIComponent(commandId)}`, commandState);
  }

  attempt(attemptId: string): Promise<AttemptAnswer | undefined> {
    return this.shop.find(`/v1/attempts/${attemptId}`, attemptAnswer);
  }

  action(attemptId: string): Promise<GateAction | undefined> {
    return this.gateway.find(`/v1/actions/${attemptId}`, gateAction);
  }

  payment(paymentId: string): Promise<PaymentAnswer | undefined> {
    return this.ledger.find(`/v1/payments/${encodeURIComponent(paymentId)}`, paymentAnswer);
  }

  async journalOf(paymentId: string): Promise<JournalEntryAnswer[]> {
    const path = `/v1/journal?limit=${PAGE_MAX}&paymentId=${encodeURIComponent(paymentId)}`;
    return (await this.ledger.get(path, journalAnswer)).data;
  }

  trialBalance(): Promise<TrialBalanceAnswer> {
    return this.ledger.get('/v1/trial-balance', trialBalanceAnswer);
  }

  providerAttempt(attemptId: string): Promise<ProviderAttempt> {
    return this.emulator.get(`/_sandbox/attempts/${attemptId}`, providerAttempt);
  }

  /** The provider's own record of an order, by its public API. */
  async providerPayments(orderId: string): Promise<ProviderPayment[]> {
    const schema = z.object({ data: z.array(z.object({ id: z.string() })) });
    const { data } = await this.primer.get(`/payments?order_id=${encodeURIComponent(orderId)}`, schema);
    // The list does not say what was captured and refunded.
    return Promise.all(data.map(({ id }) => this.primer.get(`/payments/${id}`, providerPayment)));
  }

  async providerJournal(attemptId: string): Promise<ProviderEntry[]> {
    const path = `/_sandbox/journal?limit=1000&attemptId=${attemptId}`;
    return (await this.emulator.get(path, listOf(providerEntry))).data;
  }

  async providerWebhooks(attemptId: string): Promise<ProviderWebhook[]> {
    const path = `/_sandbox/webhooks?limit=1000&attemptId=${attemptId}`;
    return (await this.emulator.get(path, listOf(providerWebhook))).data;
  }
}
