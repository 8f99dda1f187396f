import { outsideId } from '@tollgate/contracts';
import { hash } from 'node:crypto';
import { canonicalJson } from '../books/snapshot.policy.ts';

/** A try of an operation, or a workflow, that failed at the provider. It moves no books; its payment is read. */
export interface OperationFailure {
  readonly dedupKey: string;
  /** What was asked for, minor units; undefined where the webhook does not say. */
  readonly requestedMinor: string | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads the webhook of a failed operation (provider's documents: `requestAmount`, `transactionEvent.id`) or workflow
 * (`run.id`). It has an effect once under its own id; one without an id is known by its body, but for the fields that
 * differ from delivery to delivery.
 * @param body parsed without loss: an integer beyond 2^53−1 comes as bigint
 */
export function readOperationFailure(merchantId: string, body: Body): OperationFailure {
  const { date: _date, signedAt: _signedAt, ...content } = body;
  const event = toRecord(body.transactionEvent) ?? toRecord(body.run);
  const ownId = outsideId.safeParse(event?.id).data;
  const name = ownId === undefined ? ['body', toText(content)] : ['id', ownId];
  const dedupKey = hash('sha256', canonicalJson(['failure', merchantId, body.eventType, ...name]), 'hex');
  const requested = String(body.requestAmount);
  return { dedupKey, requestedMinor: /^(0|[1-9]\d{0,18})$/.test(requested) ? requested : undefined };
}

/** canonicalJson knows no bigint: such an integer is written as text. */
function toText(content: Body): string {
  const plain: unknown = JSON.parse(
    JSON.stringify(content, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
  return canonicalJson(plain);
}

function toRecord(value: unknown): Body | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : undefined;
}
