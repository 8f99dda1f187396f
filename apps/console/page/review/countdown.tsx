import { type ReactNode, useSyncExternalStore } from 'react';
import { formatTimeLeft, speakTimeLeft } from '../format/time.policy.ts';
import { urgencyOf } from './queue.policy.ts';

const TICK_MS = 250;

let nowMs = performance.now();
const listeners = new Set<() => void>();
let ticking: number | undefined;

function listen(listener: () => void): () => void {
  listeners.add(listener);
  ticking ??= window.setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      window.clearInterval(ticking);
      ticking = undefined;
    }
  };
}

function tick(): void {
  nowMs = performance.now();
  for (const each of listeners) each();
}

/** The page's own clock, in milliseconds, four times a second: one timer for all that is shown. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => nowMs);
}

/** What is left, in the colour of its urgency. Screen readers read it when they come to it, not at every tick. */
export function Countdown({ leftMs, large = false }: { leftMs: number | undefined; large?: boolean }): ReactNode {
  if (leftMs === undefined) return <span className="countdown calm">no limit</span>;
  return (
    <span className={`countdown ${urgencyOf(leftMs)} ${large ? 'large' : ''}`} role="timer" aria-live="off">
      <span aria-hidden="true">{formatTimeLeft(leftMs)}</span>
      <span className="unseen">{speakTimeLeft(leftMs)} left</span>
    </span>
  );
}
