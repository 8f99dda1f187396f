import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { gatewayTimeout } from '../api/primer.errors.ts';
import { SpoiltAnswer } from '../api/spoilt-answer.errors.ts';
import { Clock } from '../clock/clock.service.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { faultAnswer } from './fault.errors.ts';
import { type CallFault, SERVER_TIMEOUT_MS } from './fault.schema.ts';
import { spoilBody } from './spoilt-body.policy.ts';

/** An answer as it would have been. */
export interface IntendedAnswer {
  readonly status: number;
  readonly body: unknown;
}

const NO_ANSWER: IntendedAnswer = { status: 0, body: undefined };

/** Does to a call what a fault asks for: before the call is seen, and to its answer. */
@Injectable()
export class CallStriker implements BeforeApplicationShutdown {
  private readonly sleepers = new Set<() => void>();
  private stopping = false;

  constructor(
    private readonly store: SandboxStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Changes the attempt that a call is about, in the call's transaction, and names what really happened. An attempt of
   * another tenant than the caller's stays as it is.
   *
   * @returns the name of the effect, or nothing when there was nothing to change
   */
  prepare(fault: CallFault, attemptId: string | undefined, tenantId: string): string | undefined {
    if (attemptId === undefined) return undefined;
    if (fault.kind === 'EXPIRE') return this.expire(attemptId, tenantId) ? 'ATTEMPT_EXPIRED' : undefined;
    if (fault.kind === 'NOT_CURRENT') return this.supersede(attemptId, tenantId) ? 'ATTEMPT_SUPERSEDED' : undefined;
    return undefined;
  }

  /**
   * Spoils the answer to a call, after the call's transaction was committed. Returns when the answer may go out as it is.
   *
   * @param intended what the call came to; nothing when the fault kept it from taking effect
   * @throws PrimerError what is answered instead
   * @throws SpoiltAnswer when it cannot be told as an answer
   */
  async spoil(fault: CallFault, intended: IntendedAnswer = NO_ANSWER): Promise<void> {
    switch (fault.kind) {
      case 'ANSWER':
        throw faultAnswer(fault);
      case 'HANG':
        await this.sleep(fault.holdMs);
        throw gatewayTimeout();
      case 'SLOW':
        await this.sleep(Math.min(fault.delayMs, SERVER_TIMEOUT_MS));
        if (fault.delayMs >= SERVER_TIMEOUT_MS) throw gatewayTimeout();
        return;
      case 'RESET':
      case 'LOST_ANSWER':
        throw new SpoiltAnswer(intended.status, '', { manner: 'RESET' });
      case 'SLOW_DRIP': {
        const { intervalMs } = fault;
        const spoiling = { manner: 'DRIP', intervalMs, endsAfterMs: SERVER_TIMEOUT_MS } as const;
        throw new SpoiltAnswer(intended.status, JSON.stringify(intended.body), spoiling);
      }
      case 'MALFORMED_BODY': {
        const text = JSON.stringify(intended.body);
        throw new SpoiltAnswer(intended.status, text, { manner: 'REPLACED', text: spoilBody(text, fault.form) });
      }
      case 'EXPIRE':
      case 'NOT_CURRENT':
      case 'PROCESSOR_REFUSES':
      case 'REFUND_UNDER_WAY':
    }
  }

  /** Waits by the emulator's clock; a stop ends every wait. */
  async sleep(delayMs: number): Promise<void> {
    if (this.stopping) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.sleepers.delete(wake);
        cancel();
        resolve();
      };
      this.sleepers.add(wake);
      let cancel = (): void => {};
      cancel = this.clock.wakeAt(this.clock.nowMicros() + delayMs * MICROS_PER_MILLISECOND, wake);
    });
  }

  beforeApplicationShutdown(): void {
    this.stopping = true;
    for (const wake of this.sleepers) wake();
  }

  private expire(attemptId: string, tenantId: string): boolean {
    const nowMicros = this.clock.nowMicros();
    const { changes } = this.store
      .statement(
        `UPDATE payment_attempt SET expires_at = ?
          WHERE id = ? AND tenant_id = ? AND approval_status = 'REQUIRES_APPROVAL' AND expires_at > ?`,
      )
      .run(nowMicros, attemptId, tenantId, nowMicros);
    return changes > 0;
  }

  private supersede(attemptId: string, tenantId: string): boolean {
    const { changes } = this.store
      .statement('UPDATE client_session SET current_attempt_id = NULL WHERE current_attempt_id = ? AND tenant_id = ?')
      .run(attemptId, tenantId);
    return changes > 0;
  }
}

/** Whether a fault keeps a call from taking effect. */
export function preventsEffect(fault: CallFault): boolean {
  if (fault.kind === 'RESET') return true;
  return (fault.kind === 'ANSWER' || fault.kind === 'HANG') && !fault.afterEffect;
}
