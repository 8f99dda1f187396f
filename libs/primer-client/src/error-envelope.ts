import type { PrimerError } from './primer-answer.types.ts';

/** Longest text kept of an error: it goes into logs and rows. Characters. */
const TEXT_LENGTH_MAX = 512;
const LIST_LENGTH_MAX = 50;

/** Reads `{ "error": { … } }`, tolerating whatever is missing; undefined if there is no `errorId`. */
export function toPrimerError(body: unknown): PrimerError | undefined {
  const error = toRecord(toRecord(body)?.error);
  const errorId = toText(error?.errorId);
  if (error === undefined || errorId === undefined) {
    return undefined;
  }
  return withoutAbsent({
    errorId,
    description: toText(error.description),
    recoverySuggestion: toText(error.recoverySuggestion),
    diagnosticsId: toText(error.diagnosticsId),
    validationErrors: toValidationErrors(error.validationErrors),
    paymentId: toText(error.paymentId),
    paymentStatus: toText(error.paymentStatus),
  });
}

/** An object by its keys, or undefined for anything else. */
export function toRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A copy without the keys whose value is undefined: absent stays absent. */
export function withoutAbsent<Value extends object>(value: Value): WithoutUndefined<Value> {
  return Object.fromEntries(
    Object.entries(value).filter(([, entry]) => entry !== undefined),
  ) as unknown as WithoutUndefined<Value>;
}

type WithoutUndefined<Value> = { [Key in keyof Value as undefined extends Value[Key] ? never : Key]: Value[Key] } & {
  [Key in keyof Value as undefined extends Value[Key] ? Key : never]?: Exclude<Value[Key], undefined>;
};

function toText(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') {
    return value.toString();
  }
  return typeof value === 'string' && value !== '' ? value.slice(0, TEXT_LENGTH_MAX) : undefined;
}

function toValidationErrors(value: unknown): PrimerError['validationErrors'] {
  if (!Array.isArray(value)) {
    return undefined;
  }
  return value.slice(0, LIST_LENGTH_MAX).map((entry) => {
    const { model, errors } = toRecord(entry) ?? {};
    const list: unknown[] = Array.isArray(errors) ? errors.slice(0, LIST_LENGTH_MAX) : [];
    return withoutAbsent({
      model: toText(model),
      errors: list.map((one) => {
        const { path, description } = toRecord(one) ?? {};
        return withoutAbsent({ path: toText(path), description: toText(description) });
      }),
    });
  });
}
