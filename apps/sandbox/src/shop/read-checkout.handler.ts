import { Injectable } from '@nestjs/common';
import { FindAttemptHandler } from '../control/find-attempt.handler.ts';
import type { JournalPage } from '../control/control.schema.ts';
import { ListJournalHandler } from '../control/list-journal.handler.ts';
import type { JournalKind } from '../journal/journal.types.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { DEFAULT_TENANT_ID } from '../tenants/default-tenant.policy.ts';
import { IntakeClient } from './intake.client.ts';
import { type ShopOrder, ShopOrderRepository } from './shop-order.repository.ts';
import { checkoutUnknown } from './shop.errors.ts';
import type { IntakeAttempt } from './shop.schema.ts';

/** More than any checkout leaves behind. */
const JOURNAL_ENTRIES_MAX = 100;

/** All that the page shows of a checkout: what Tollgate says, and what really happened at Primer. */
export interface CheckoutView {
  readonly order: ShopOrder;
  readonly attempt: IntakeAttempt | undefined;
  readonly primer: {
    readonly approvalStatus: string;
    readonly payment: PaymentView | undefined;
    readonly journal: readonly PrimerEntry[];
  };
}

interface PaymentView {
  readonly id: string;
  readonly status: string;
  readonly reason: string | undefined;
  /** Primer's name of what the shopper has to do before the payment goes on. */
  readonly requiredAction: string | undefined;
}

/** Something that happened at Primer; `answer` is the status of a call, or of the receiver of a webhook. */
interface PrimerEntry {
  readonly at: string;
  readonly kind: JournalKind;
  readonly name: string;
  readonly answer: string | undefined;
}

@Injectable()
export class ReadCheckoutHandler {
  constructor(
    private readonly orders: ShopOrderRepository,
    private readonly intake: IntakeClient,
    private readonly findAttempt: FindAttemptHandler,
    private readonly payments: PaymentRepository,
    private readonly listJournal: ListJournalHandler,
  ) {}

  /** @throws ShopError 404 for an attempt that is none of this shop's checkouts; 502, 503 */
  async handle(attemptId: string): Promise<CheckoutView> {
    const order = this.orders.find(attemptId);
    const atPrimer = this.findAttempt.handle(attemptId);
    if (order === undefined || atPrimer === undefined) throw checkoutUnknown();
    const attempt = await this.intake.find(attemptId);
    const { data } = this.listJournal.handle({ attemptId, cursor: 0, limit: JOURNAL_ENTRIES_MAX });
    const payment =
      atPrimer.paymentId === undefined ? undefined : this.payments.findForTenant(atPrimer.paymentId, DEFAULT_TENANT_ID);
    return {
      order,
      attempt,
      primer: {
        approvalStatus: atPrimer.approvalStatus,
        payment: payment && {
          id: payment.id,
          status: payment.status,
          reason: payment.statusReason?.code,
          requiredAction: payment.requiredAction?.name,
        },
        journal: data.map(toPrimerEntry),
      },
    };
  }
}

function toPrimerEntry({ at, kind, name, facts }: JournalPage['data'][number]): PrimerEntry {
  const status = facts['status'] ?? facts['statusCode'];
  return { at, kind, name, answer: typeof status === 'number' ? String(status) : undefined };
}
