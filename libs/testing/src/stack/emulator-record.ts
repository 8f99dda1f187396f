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
  status: string;
  currencyCode: string;
  amount: number;
}

const PAGE_SIZE_MAX = 1_000;
const PAYMENT_PAGE_SIZE_MAX = 100;

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
  const headers = { 'x-api-key': stack.credentials.primerApiKey, 'x-api-version': '2.4' };
  return readPages(async (cursor) => {
    const path = `/payments?limit=${PAYMENT_PAGE_SIZE_MAX}${cursor}`;
    return (await stack.ask<Page<ListedPayment>>('sandbox', path, { headers })).body;
  });
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
