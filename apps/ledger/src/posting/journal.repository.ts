import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { isBalanced } from '../books/posting-sum.policy.ts';
import type { DraftEntry, RecordedEntries, RecordedPosting } from '../books/entry.types.ts';
import { formatInstant } from '../books/instant.policy.ts';
import { POSITION_VERSION } from '../books/position.policy.ts';
import type { Layer } from '../books/posting.types.ts';
import { toKeyColumns } from './payment.repository.ts';
import { toKeyText, type PaymentKey } from './payment.types.ts';
import { findRecorded } from './sql/find-recorded.sql.ts';
import { moveBalances } from './sql/move-balances.sql.ts';
import { openAccounts } from './sql/open-accounts.sql.ts';
import { writeEntries } from './sql/write-entries.sql.ts';

/** An entry of one payment, about to be written. */
export type PaymentEntry = DraftEntry & PaymentKey;

interface RecordedRow {
  merchant_id: string;
  payment_id: string;
  effective_at_us: bigint;
  account: string | null;
  currency: string | null;
  layer: Layer | null;
  amount_minor: string | null;
}

/** The journal: entries, postings and the balances that follow from them, a batch at a time. */
@Injectable()
export class JournalRepository {
  /** What is recorded about each payment, by {@link toKeyText}. */
  async findRecorded(tx: Transaction, keys: readonly PaymentKey[]): Promise<Map<string, RecordedEntries>> {
    if (keys.length === 0) return new Map();
    const rows = await tx.query<RecordedRow>(findRecorded, toKeyColumns(keys));
    const byPayment = Map.groupBy(rows, (row) => toKeyText({ merchantId: row.merchant_id, paymentId: row.payment_id }));
    return new Map(
      [...byPayment].map(([key, ofPayment]) => [
        key,
        {
          postings: ofPayment.flatMap(toRecordedPosting),
          enteredAtUs: new Set(ofPayment.map((row) => row.effective_at_us)),
        },
      ]),
    );
  }

  /**
   * Writes entries with their postings and moves the cached balances along.
   * @throws KnownError ENTRY_UNBALANCED before anything is sent; the database checks again
   */
  async write(tx: Transaction, entries: readonly PaymentEntry[]): Promise<void> {
    const unbalanced = entries.find((entry) => !isBalanced(entry.postings));
    if (unbalanced !== undefined) {
      throw new KnownError('ENTRY_UNBALANCED', { facts: { paymentId: unbalanced.paymentId } });
    }
    if (entries.length === 0) return;
    const postings = entries.flatMap((entry, index) =>
      entry.postings.map((posting) => ({ ...posting, merchantId: entry.merchantId, entryNumber: index + 1 })),
    );
    const merchants = postings.map((posting) => posting.merchantId);
    const accounts = postings.map((posting) => posting.account);
    const currencies = postings.map((posting) => posting.currency);
    const layers = postings.map((posting) => posting.layer);
    const amounts = postings.map((posting) => posting.amountMinor.toString());
    const entryNumbers = postings.map((posting) => posting.entryNumber);
    const lines = [merchants, accounts, currencies, layers, amounts];
    await Promise.all([
      tx.query(openAccounts, [merchants, currencies, accounts]),
      tx.query(writeEntries, [...toEntryColumns(entries), entryNumbers, ...lines]),
      tx.query(moveBalances, lines),
    ]);
  }
}

function toEntryColumns(entries: readonly PaymentEntry[]): unknown[] {
  return [
    ...toKeyColumns(entries),
    entries.map((entry) => entry.evidenceId ?? null),
    entries.map(() => POSITION_VERSION),
    entries.map((entry) => formatInstant(entry.effectiveAtUs)),
  ];
}

function toRecordedPosting(row: RecordedRow): RecordedPosting[] {
  const { account, currency, layer, amount_minor: amountMinor, effective_at_us: effectiveAtUs } = row;
  if (account === null || currency === null || layer === null || amountMinor === null) return [];
  return [{ account, currency, layer, amountMinor: BigInt(amountMinor), effectiveAtUs }];
}
