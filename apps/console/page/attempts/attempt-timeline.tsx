import type { ReactNode } from 'react';
import { formatMoment, formatOffset, formatTime } from '../format/time.policy.ts';
import { Notice, Trouble } from '../layout/page-parts.tsx';
import type { AttemptAddress } from './attempt-address.policy.ts';
import { toTraceSteps } from './trace-steps.policy.ts';
import { useAttemptTrace } from './use-attempt-trace.ts';

/** An attempt's way through the services, with times and their distance from the first. */
export function AttemptTimeline(address: AttemptAddress): ReactNode {
  const { data, error } = useAttemptTrace(address);
  const steps = data === undefined ? [] : toTraceSteps(data.trace);
  const startedAt = steps[0]?.at;
  return (
    <section className="card">
      <h3>Timeline {startedAt !== undefined && <span className="quiet">from {formatMoment(startedAt)}</span>}</h3>
      <Trouble error={error} what="The timeline" />
      {data?.gaps.map((gap) => (
        <Notice key={gap} kind="warn">
          Not everything could be asked. {gap}
        </Notice>
      ))}
      {data !== undefined && steps.length === 0 && data.gaps.length === 0 && (
        <p className="quiet" role="status">
          No service knows this attempt.
        </p>
      )}
      <ol className="timeline" aria-label="Timeline">
        {steps.map((step, index) => (
          <li key={`${step.at} ${step.service} ${index}`} className={step.service}>
            <time dateTime={step.at} title={step.at}>
              {formatTime(step.at)}
            </time>
            <span className="offset">{formatOffset(step.at, startedAt ?? step.at)}</span>
            <span className="service">{step.service}</span>
            <span className="what">
              {step.what}
              {step.details.map((detail) => (
                <small key={detail}>{detail}</small>
              ))}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
