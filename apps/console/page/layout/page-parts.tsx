import type { ReactNode } from 'react';
import { ApiProblem } from '../api/api.client.ts';

/** What stands where content will be, where there is none, or where it could not be had. */
export function Notice({ kind, children }: { kind: 'info' | 'good' | 'warn' | 'bad'; children: ReactNode }): ReactNode {
  return (
    <div className={`notice ${kind}`} role={kind === 'bad' || kind === 'warn' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}

/** An error of a question, in words; nothing while there is none. */
export function Trouble({ error, what }: { error: unknown; what: string }): ReactNode {
  if (error === null || error === undefined) return null;
  return (
    <Notice kind="bad">
      {what} could not be read: {explainError(error)}
    </Notice>
  );
}

export function explainError(error: unknown): string {
  if (error instanceof ApiProblem && error.status === 403) return 'your role does not allow it.';
  return error instanceof Error ? error.message : String(error);
}

/** Names and values, as a list that screen readers know. */
export function Facts({ rows }: { rows: ReadonlyArray<readonly [name: string, value: ReactNode]> }): ReactNode {
  return (
    <dl className="facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const TONES: Readonly<Record<string, string>> = {
  APPROVE: 'good',
  approve: 'good',
  APPROVED: 'good',
  approved: 'good',
  applied: 'good',
  live: 'good',
  up: 'good',
  down: 'bad',
  ABORT: 'bad',
  abort: 'bad',
  ABORTED: 'bad',
  REJECTED: 'bad',
  rejected: 'bad',
  EXPIRED: 'bad',
  refused_late: 'bad',
  REVIEW: 'warn',
  review: 'warn',
  IN_REVIEW: 'warn',
  UNKNOWN: 'warn',
  pending: 'warn',
  shadow: 'warn',
  void: 'bad',
  done: 'good',
  running: 'warn',
  failed: 'bad',
  lost: 'bad',
};

/** A short word in the colour of what it means; the word alone says it, too. */
export function Badge({ children }: { children: string }): ReactNode {
  return <span className={`badge ${TONES[children] ?? ''}`}>{children.replaceAll('_', ' ')}</span>;
}

/** A table that may be wider than the screen: it scrolls on its own, by keyboard too, and says what it is. */
export function WideTable({ label, children }: { label: string; children: ReactNode }): ReactNode {
  return (
    <section className="scroll" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </section>
  );
}
