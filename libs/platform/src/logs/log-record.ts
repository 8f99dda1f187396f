import { KnownError } from '@tollgate/contracts';
import { LOG_FIELDS, type LogFields, type LogValue } from './log-fields.ts';

const ALLOWED: ReadonlySet<string> = new Set(LOG_FIELDS);

/** Longest text in a log line, in characters; stacks and messages are cut there. */
const TEXT_LENGTH_MAX = 4096;
const CAUSES_MAX = 4;

/** PostgreSQL's error fields that name things; `detail`, `where`, `hint`, `query` and `parameters` quote values. */
const DRIVER_FIELDS = ['schema', 'table', 'column', 'constraint', 'routine', 'severity', 'syscall', 'errno'] as const;

/** An error as it appears in a log. */
export interface ErrorRecord {
  name: string;
  code?: string;
  message: string;
  stack?: string;
  facts?: Record<string, LogValue>;
  cause?: ErrorRecord;
  [driverField: string]: unknown;
}

/**
 * Turns fields and errors into what may be written. Second line of defence behind the allow-list: the secrets the
 * process knows, bearer tokens, passwords in URLs and card numbers are struck out of every text.
 */
export class LogRecords {
  private readonly secrets: readonly string[];

  /** @param secrets values known to be secret; ones shorter than 8 characters would strike out ordinary words */
  constructor(secrets: readonly string[] = []) {
    this.secrets = secrets.filter((secret) => secret.length >= 8);
  }

  toFields(fields: LogFields): Record<string, unknown> {
    const record: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(fields)) {
      if (name === 'error') {
        if (value !== undefined) {
          record['error'] = this.toErrorRecord(value);
        }
      } else if (ALLOWED.has(name)) {
        const safe = this.toValue(value);
        if (safe !== undefined) {
          record[name] = safe;
        }
      }
    }
    return record;
  }

  /** Name, code, message, stack and the allow-listed rest; anything else an error carries is dropped. */
  toErrorRecord(error: unknown, depth = 0): ErrorRecord {
    if (!(error instanceof Error)) {
      return { name: typeof error, message: typeof error === 'string' ? this.toText(error) : 'not an error object' };
    }
    const record: ErrorRecord = { name: error.name, message: this.toText(error.message) };
    const code: unknown = (error as { code?: unknown }).code;
    if (typeof code === 'string' || typeof code === 'number') {
      record.code = this.toText(String(code));
    }
    if (error.stack !== undefined) {
      record.stack = this.toText(error.stack);
    }
    if (error instanceof KnownError) {
      const facts = this.toFields(error.facts);
      if (Object.keys(facts).length > 0) {
        record.facts = facts as Record<string, LogValue>;
      }
    }
    for (const name of DRIVER_FIELDS) {
      const value: unknown = (error as unknown as Record<string, unknown>)[name];
      if (typeof value === 'string' || typeof value === 'number') {
        record[name] = this.toValue(value);
      }
    }
    if (error.cause !== undefined && depth < CAUSES_MAX) {
      record.cause = this.toErrorRecord(error.cause, depth + 1);
    }
    return record;
  }

  /** Strikes out what must not be read in a log, and cuts what is too long. */
  toText(text: string): string {
    let safe = text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
    for (const secret of this.secrets) {
      safe = safe.replaceAll(secret, '[secret]');
    }
    return safe
      .replaceAll(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [secret]')
      .replaceAll(/(:\/\/[^\s/:@]*):[^\s/@]+@/g, '$1:[secret]@')
      .replaceAll(/(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])/g, (digits) => (isCardNumber(digits) ? '[card]' : digits));
  }

  private toValue(value: unknown): unknown {
    if (typeof value === 'string') {
      return this.toText(value);
    }
    if (typeof value === 'bigint') {
      return value.toString();
    }
    if (value instanceof Date) {
      return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
    }
    if (Array.isArray(value)) {
      return value
        .filter((item) => typeof item === 'string' || typeof item === 'number')
        .slice(0, 100)
        .map((item) => (typeof item === 'string' ? this.toText(item) : item));
    }
    return typeof value === 'number' || typeof value === 'boolean' || value === null ? value : undefined;
  }
}

/** Luhn's check (ISO/IEC 7812-1), which tells a card number from a timestamp or an offset most of the time. */
function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
