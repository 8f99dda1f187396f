/** What the driver of the emulator's benchmark shall do. */
export interface ApprovalsOrder {
  readonly emulatorUrl: string;
  readonly emulatorPid: number;
  readonly apiKey: string;
  readonly operatorToken: string;
  /** Where the driver takes the emulator's webhooks; without it none are awaited. */
  readonly webhookPort?: number;
  readonly warmUp: number;
  readonly count: number;
  readonly inFlight: number;
}

/** What a number of approvals came to. */
export interface ApprovalsResult {
  /** From the first approve to the last answer; with webhooks to the last of those. */
  readonly elapsedMs: number;
  /** Of the emulator's process alone, over the same time. */
  readonly emulatorCpuMs: number;
  /** From each approve to its answer. */
  readonly answerMs: readonly number[];
  /** Answers that were not 200, by status. */
  readonly failures: Readonly<Record<string, number>>;
}
