import { z } from 'zod';

const MS_PER_DAY = 24 * 60 * 60 * 1_000;

/** Longer than anything that can fall due. */
const MAX_ADVANCE_MS = 1_000 * MS_PER_DAY;

/** Body of `POST /_sandbox/clock`. */
export const advanceClockSchema = z.strictObject({ advanceMs: z.int().min(0).max(MAX_ADVANCE_MS) });
export type AdvanceClock = z.output<typeof advanceClockSchema>;

export const clockViewSchema = z.object({
  now: z.string().describe('The time of the emulator: UTC, without a zone, as all of its dates'),
  aheadMs: z.number().describe("How far it is ahead of the machine's clock"),
});
export type ClockView = z.output<typeof clockViewSchema>;

export const clockExample: ClockView = { now: '2026-11-23T08:00:00.000117', aheadMs: 172_800_000 };
