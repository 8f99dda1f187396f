import { messagingEnvironment } from '@tollgate/messaging';
import { platformSettings, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';
import type { ReadBackSettings } from './sweeping/read-back.policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Primer tries a webhook for about 31 minutes and may send it again unsigned anew: a lower tolerance would set real
 * news aside.
 */
const WEBHOOK_TOLERANCE_MS_MIN = 40 * MINUTE_MS;

const milliseconds = z.coerce.number().int().positive();

/** What the ledger reads from its environment. */
export const ledgerSettings = platformSettings.extend(messagingEnvironment.shape).extend({
  LEDGER_PORT: portNumber.default(4005).describe('the port the ledger listens on'),
  DATABASE_URL: z.string().min(1).describe("the connection of the ledger's own database role"),
  DATABASE_SCHEMA: z.string().default('ledger').describe("the schema that holds the ledger's tables"),
  MERCHANTS_SCHEMA: z.string().default('merchants').describe('the schema of the merchants table'),
  IDENTITY_SCHEMA: z.string().default('identity').describe('the schema of keys and people'),
  TOLLGATE_MASTER_KEY: z.string().min(1).describe('32 random bytes in base64; the launcher makes them at first start'),
  PRIMER_API_URL: z
    .url({ protocol: /^https?$/ })
    .describe("Primer's address: https://api.sandbox.primer.io, https://api.primer.io, or the emulator's"),
  WEBHOOK_TOLERANCE_MS: milliseconds
    .min(WEBHOOK_TOLERANCE_MS_MIN, { error: 'at least 2400000 (40 minutes): retries run for 31 minutes' })
    .default(45 * MINUTE_MS)
    .describe('how old a signed webhook may be and still be believed; an older one is read back instead'),
  SWEEP_EARLY_READS_MS: z
    .string()
    .regex(/^\d+(,\d+)*$/, { error: 'ascending milliseconds, comma separated' })
    .default([MINUTE_MS, 10 * MINUTE_MS, HOUR_MS].join(','))
    .describe('when every payment is read back, counted from when it was first heard of'),
  SWEEP_OPEN_EVERY_MS: milliseconds.default(HOUR_MS).describe('pause between reads of a payment that is not final'),
  SWEEP_REFUNDABLE_EVERY_MS: milliseconds
    .default(DAY_MS)
    .describe('pause between reads of a payment that can still be refunded'),
  SWEEP_REFUNDABLE_FOR_MS: milliseconds
    .default(180 * DAY_MS)
    .describe('how long such a payment is read after its last news'),
  SWEEP_LIST_EVERY_MS: milliseconds.default(30_000).describe('pause between looks at the list of recent payments'),
  SWEEP_LIST_OVERLAP_MS: milliseconds
    .default(2 * MINUTE_MS)
    .describe('how far a look at the list goes back before the last one; the list may lag by a minute'),
  SWEEP_LIST_FIRST_MS: milliseconds.default(DAY_MS).describe('how far the first look at the list goes back'),
  SWEEP_POLL_MS: milliseconds.default(1_000).describe('pause between looks for payments that are due'),
  SWEEP_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(32).describe('reads under way at the same time'),
  SWEEP_MERCHANT_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .default(16)
    .describe('of these, reads for one merchant: what one merchant has waiting, or a key that hangs, delays no other'),
  SWEEP_CALL_TIMEOUT_MS: milliseconds.default(10_000).describe('how long an answer to a read is awaited'),
  SWEEP_LEASE_MS: milliseconds
    .default(60_000)
    .describe('when another instance takes over what a dead one was reading; more than SWEEP_CALL_TIMEOUT_MS'),
});
export type LedgerEnvironment = Readonly<z.output<typeof ledgerSettings>>;

/** How the sweeper works. */
export interface SweepSettings extends ReadBackSettings {
  readonly listEveryMs: number;
  readonly listOverlapMs: number;
  readonly listFirstMs: number;
  readonly pollMs: number;
  readonly concurrency: number;
  readonly merchantConcurrency: number;
  readonly callTimeoutMs: number;
  readonly leaseMs: number;
}

/** DI token of {@link SweepSettings}. */
export const SWEEP_SETTINGS = Symbol('SWEEP_SETTINGS');

/** DI token of the age in milliseconds up to which a webhook is believed. */
export const WEBHOOK_TOLERANCE_MS = Symbol('WEBHOOK_TOLERANCE_MS');

/** @throws ConfigError naming what is missing or refused */
export function readLedgerConfig(environment: NodeJS.ProcessEnv = process.env): LedgerEnvironment {
  return readConfig(
    ledgerSettings.refine((settings) => settings.SWEEP_LEASE_MS > settings.SWEEP_CALL_TIMEOUT_MS, {
      path: ['SWEEP_LEASE_MS'],
      error: 'must be more than SWEEP_CALL_TIMEOUT_MS',
    }),
    environment,
  );
}

/** The sweeper's part of the settings. */
export function toSweepSettings(settings: LedgerEnvironment): SweepSettings {
  return {
    earlyReadsMs: settings.SWEEP_EARLY_READS_MS.split(',')
      .map(Number)
      .toSorted((a, b) => a - b),
    openEveryMs: settings.SWEEP_OPEN_EVERY_MS,
    refundableEveryMs: settings.SWEEP_REFUNDABLE_EVERY_MS,
    refundableForMs: settings.SWEEP_REFUNDABLE_FOR_MS,
    listEveryMs: settings.SWEEP_LIST_EVERY_MS,
    listOverlapMs: settings.SWEEP_LIST_OVERLAP_MS,
    listFirstMs: settings.SWEEP_LIST_FIRST_MS,
    pollMs: settings.SWEEP_POLL_MS,
    concurrency: settings.SWEEP_CONCURRENCY,
    merchantConcurrency: settings.SWEEP_MERCHANT_CONCURRENCY,
    callTimeoutMs: settings.SWEEP_CALL_TIMEOUT_MS,
    leaseMs: settings.SWEEP_LEASE_MS,
  };
}
