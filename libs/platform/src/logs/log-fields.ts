/**
 * The allow-list: a log line carries these fields and no others. Ids, names, counts and durations only; a field
 * that could hold a secret, a token, card data or a body is not on it. Add a field here before logging it.
 */
export const LOG_FIELDS = [
  // What it is about.
  'attemptId',
  'paymentId',
  'merchantId',
  'orderId',
  'clientSessionId',
  'decisionId',
  'approvalId',
  'commandId',
  'entryId',
  'evidenceId',
  'webhookId',
  'ruleId',
  'ruleSet',
  'ruleSetVersion',
  'currency',
  // Events and the broker.
  'eventId',
  'eventType',
  'eventSource',
  'topic',
  'partition',
  'partitions',
  'offset',
  'consumer',
  'group',
  'broker',
  'brokers',
  'lag',
  // Calls and requests.
  'method',
  'route',
  'statusCode',
  'path',
  'endpoint',
  'check',
  'host',
  'port',
  // The database.
  'schema',
  'table',
  'statement',
  'migration',
  // What happened.
  'code',
  'retriable',
  'reason',
  'kind',
  'status',
  'state',
  'action',
  'outcome',
  'source',
  'alarm',
  'incident',
  'signal',
  'exitCode',
  'tries',
  'count',
  'size',
  'waiting',
  'fence',
  'durationMs',
  'delayMs',
  'lagMs',
  'uptimeMs',
  'at',
  'until',
  'name',
  'version',
  'component',
] as const;

/** Name of a field that a log line may carry. */
export type LogField = (typeof LOG_FIELDS)[number];

/** A value that cannot hide a structure: no objects, so no bodies. */
export type LogValue = string | number | bigint | boolean | Date | null | undefined | readonly (string | number)[];

/** What a log line says beside its text; `error` is serialised by its own allow-list. */
export type LogFields = Partial<Readonly<Record<LogField, LogValue>>> & { readonly error?: unknown };
