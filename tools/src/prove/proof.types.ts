import { z } from 'zod';

/** Every class of faults; one that reports nothing has not been tried. */
export const FAULT_CLASSES = [
  'crash points',
  'process',
  'broker',
  'database',
  'network',
  'rebalance',
  'traffic',
  'provider',
  'reviews',
  'checker',
] as const;

export const INVARIANTS = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10', 'I11'] as const;

const violation = z.object({ invariant: z.enum(INVARIANTS), subject: z.string(), problem: z.string() });

/** What a test of tests/integrity says about one scenario (libs/testing, `reportFault`). */
export const faultReport = z.object({
  faultClass: z.string(),
  scenario: z.string(),
  injected: z.number(),
  checkouts: z.number().optional(),
  duplicateExecutions: z.number().optional(),
  duplicateEffects: z.number().optional(),
  found: z.number().optional(),
  violations: z.array(violation),
  seconds: z.number(),
  notes: z.array(z.string()).optional(),
});
export type FaultReport = z.infer<typeof faultReport>;

/** A test as Jest's JSON output tells it. */
export interface TestOutcome {
  file: string;
  title: string;
  passed: boolean;
  /** What went wrong; empty when nothing did. */
  message: string;
}

/** Where and on what a proof ran. */
export interface ProofFacts {
  seed: number;
  scale: 'quick' | 'full';
  commit: string;
  startedAt: string;
  seconds: number;
  machine: string;
}

export interface Proof {
  facts: ProofFacts;
  reports: readonly FaultReport[];
  tests: readonly TestOutcome[];
  /** Why it does not count, in words; empty when every promise held. */
  failures: readonly string[];
}
