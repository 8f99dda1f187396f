import type { Stack } from './stack.ts';

/** An entry of the emulator's journal: a call, something that really happened, or a try to deliver a webhook. */
export interface JournalEntry {
  sequence: number;
  kind: 'REQUEST' | 'EFFECT' | 'WEBHOOK';
  name: string;
  attemptId: string | null;
  paymentId: string | null;
  facts: Record<string, unknown>;
}

/** A payment as the emulator's payment list shows it. */
export interface ListedPayment {
  id: string;
  orderId: string;
  status: string;
  currencyCode: string;
  amount: number;
}

/** A payment as the emulator's own API shows it, with its events: what was really authorised, captured, given back. */
export interface EmulatorPayment extends ListedPayment {
  processor: { amountCaptured: number; amountRefunded: number };
  transactions: readonly EmulatorTransaction[];
}

export interface EmulatorTransaction {
  transactionType: 'SALE' | 'REFUND';
  processorStatus: string;
  amount: number;
  events: readonly { type: string; amount: number; final?: boolean }[];
}

const PAGE_SIZE_MAX = 1_000;
const PAYMENT_PAGE_SIZE_MAX = 100;

/** A webhook and what became of it so far. */
export interface EmulatorWebhook {
  webhookId: number;
  paymentId: string | null;
  state: 'PENDING' | 'SENDING' | 'DELIVERED' | 'DROPPED';
  /** When it is tried next. */
  dueAt: string;
  deliveries: { statusCode: number | null }[];
}

interface Page<Item> {
  data: Item[];
  nextCursor?: string | null;
}

/** The emulator's whole journal, or one attempt's, in the order in which things happened. */
export async function readEmulatorJournal(stack: Stack, attemptId?: string): Promise<JournalEntry[]> {
  const filter = attemptId === undefined ? '' : `&attemptId=${attemptId}`;
  return readPages(async (cursor) => {
    const path = `/_sandbox/journal?limit=${PAGE_SIZE_MAX}${filter}${cursor}`;
    return (await stack.ask<Page<JournalEntry>>('sandbox', path)).body;
  });
}

/** Every payment, as Primer's own list tells it to the merchant. */
export async function listEmulatorPayments(stack: Stack): Promise<ListedPayment[]> {
  return readPages(async (cursor) => {
    const path = `/payments?limit=${PAYMENT_PAGE_SIZE_MAX}${cursor}`;
    return (await stack.ask<Page<ListedPayment>>('sandbox', path, { headers: merchantHeaders(stack) })).body;
  });
}

/** One payment with the events of its transactions. */
export async function readEmulatorPayment(stack: Stack, paymentId: string): Promise<EmulatorPayment> {
  const path = `/payments/${paymentId}?expand=transactions.events`;
  const answer = await stack.ask<EmulatorPayment>('sandbox', path, { headers: merchantHeaders(stack) });
  if (answer.status !== 200) throw new Error(`the emulator answered ${answer.status} about payment ${paymentId}`);
  return answer.body;
}

function merchantHeaders({ credentials }: Stack): Record<string, string> {
  return { 'x-api-key': credentials.primerApiKey, 'x-api-version': '2.4' };
}

/** Every webhook, oldest first. */
export async function listEmulatorWebhooks(stack: Stack): Promise<EmulatorWebhook[]> {
  return readPages(async (cursor) => {
    const path = `/_sandbox/webhooks?limit=${PAGE_SIZE_MAX}${cursor}`;
    return (await stack.ask<Page<EmulatorWebhook>>('sandbox', path)).body;
  });
}

/**
 * Has every webhook that failed and waits for its next try sent once more now: the provider's schedule (10 s, 60 s,
 * 5 min …) is longer than a test should wait.
 */
export async function redeliverFailedWebhooks(stack: Stack): Promise<void> {
  const waiting = (await listEmulatorWebhooks(stack)).filter(isWaitingForRetry);
  for (const { webhookId } of waiting) {
    await stack.ask('sandbox', `/_sandbox/webhooks/${webhookId}/redeliver`, { method: 'POST' });
  }
}

/** It has failed and is left alone until the provider's schedule says so. */
export function isWaitingForRetry({ state, deliveries }: EmulatorWebhook): boolean {
  return state === 'PENDING' && deliveries.length > 0;
}

async function readPages<Item>(readPage: (cursor: string) => Promise<Page<Item>>): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined = '';
  while (cursor !== undefined) {
    const page: Page<Item> = await readPage(cursor);
    items.push(...page.data);
    cursor = page.nextCursor ? `&cursor=${encodeURIComponent(page.nextCursor)}` : undefined;
  }
  return items;
}
