import type { ApprovalMode } from '../attempts/attempt.policy.ts';
import type { ClientSessionRequest } from './client-session.schema.ts';

/** What the merchant said of a checkout; everything may still be missing when the session is created. */
export type ClientSessionDetails = Omit<ClientSessionRequest, 'approvalMode'>;

export interface ClientSession {
  readonly id: string;
  readonly tenantId: string;
  readonly tokenExpiresAtMicros: number;
  readonly approvalMode: ApprovalMode;
  readonly details: ClientSessionDetails;
  /** The newest attempt: the only one that may be approved. */
  readonly currentAttemptId: string | undefined;
}
