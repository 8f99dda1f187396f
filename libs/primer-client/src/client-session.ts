import { toRecord, withoutAbsent } from './error-envelope.ts';
import type { ClientSession } from './primer-answer.types.ts';
import { toAmountMinor, toCurrency, toId, toRecords, toShortText, toUtcMicroseconds } from './tolerant-reading.ts';

/** Reads a client session tolerantly; undefined for what is no object. */
export function toClientSession(body: unknown): ClientSession | undefined {
  const source = toRecord(body);
  if (source === undefined) {
    return undefined;
  }
  // The schema has one object of warnings, the name says several: both are read.
  const single = toRecord(source.warnings);
  const warnings = single === undefined ? toRecords(source.warnings) : [single];
  const known = withoutAbsent({
    clientToken: typeof source.clientToken === 'string' && source.clientToken !== '' ? source.clientToken : undefined,
    clientTokenExpiresAt: toUtcMicroseconds(source.clientTokenExpirationDate),
    approvalMode: toShortText(source.approvalMode, 64),
    currentAttemptId: toId(source.currentAttemptId) ?? toId(toRecord(source.currentAttempt)?.id),
    orderId: toId(source.orderId),
    currency: toCurrency(source.currencyCode),
    amountMinor: toAmountMinor(source.amount),
    customerId: toId(source.customerId),
    warnings: warnings.map((warning) =>
      withoutAbsent({
        type: toShortText(warning.type, 128),
        code: toShortText(warning.code, 128),
        message: toShortText(warning.message, 512),
      }),
    ),
  });
  return { ...known, raw: body };
}
