import { Injectable } from '@nestjs/common';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { CLOCK_SKEW_MS, mayBeWanted } from '../actions/find-payment.policy.ts';
import { PrimerConnection } from '../calls/primer-connection.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { CommandCalls, type ReadLimits } from './command-calls.service.ts';
import { CommandRepository } from './command.repository.ts';
import type { Command, PaymentSight } from './command.types.ts';

/** More payments of one order since the first call are a person's to look at. */
const PAGES_MAX = 5;

/**
 * Looks for the payment of a create whose answer was lost: by the id that Primer named, else in Primer's list by order,
 * amount and currency, among payments that came after the first call and are nobody else's.
 */
@Injectable()
export class CreatedPaymentFinder {
  constructor(
    private readonly primer: PrimerConnection,
    private readonly calls: CommandCalls,
    private readonly commands: CommandRepository,
    private readonly settings: CallSettings,
  ) {}

  /** @throws KnownError DATABASE_UNAVAILABLE */
  async find(command: Command, options: ReadLimits): Promise<PaymentSight> {
    if (command.paymentId !== null) {
      return this.calls.readPayment(command.paymentId, options);
    }
    const listed = await this.#list(command, options);
    if (!Array.isArray(listed)) {
      return listed;
    }
    const taken = await this.commands.findTaken(
      command,
      listed.map(({ paymentId }) => paymentId),
    );
    const [only, ...others] = listed.filter(({ paymentId }) => !taken.has(paymentId));
    if (only === undefined) {
      return { kind: 'missing' };
    }
    return others.length > 0 ? { kind: 'ambiguous' } : this.calls.readPayment(only.paymentId, options);
  }

  async #list({ request, firstCalledAt }: Command, options: ReadLimits): Promise<PaymentSnapshot[] | PaymentSight> {
    if (request.kind !== 'create' || firstCalledAt === null) {
      return { kind: 'missing' };
    }
    const { orderId, amountMinor, currency } = request;
    const wanted = { order: { orderId, amountMinor, currency }, analyticsId: null, createdAfter: firstCalledAt };
    const filters = { orderId, fromDate: new Date(firstCalledAt.getTime() - CLOCK_SKEW_MS) };
    const found: PaymentSnapshot[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const page = await this.primer.listPaymentsPage(filters, {
        ...options,
        timeoutMs: this.settings.readTimeoutMs,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (page.kind !== 'found') {
        const keyRefused = page.kind === 'refused' && (page.status === 401 || page.status === 403);
        return { kind: keyRefused ? 'key-refused' : 'unavailable' };
      }
      found.push(...page.value.payments.filter((one) => mayBeWanted(one, wanted)));
      if (page.value.nextCursor === null) {
        return found;
      }
      cursor = page.value.nextCursor;
    }
    return { kind: 'ambiguous' };
  }
}
