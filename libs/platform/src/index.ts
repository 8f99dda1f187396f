export type { Principal, Scope } from '@tollgate/contracts';
export {
  CountsInHand,
  CurrentPlaceInHand,
  CurrentPrincipal,
  CurrentSessionSecret,
  OpenRoute,
  RawBodyRoute,
  RequireScope,
} from './auth/access.decorator.ts';
export { API_KEY_LOOKUP, type ApiKeyLookup, Authenticator } from './auth/authenticator.ts';
export { BROWSER_SESSIONS, type BrowserRequest, type BrowserSessions } from './auth/browser-sessions.ts';
export { GroupCommit, type GroupCommitOptions, type GroupResult } from './commit/group-commit.ts';
export { ConfigError, readConfig, type SettingProblem } from './config/configuration.ts';
export { LOG_LEVELS, platformSettings, portNumber, type PlatformSettings } from './config/platform.config.ts';
export { FAILPOINTS, type FailpointName } from './failpoints/failpoint-names.ts';
export { armFailpoints, failpoint, FAILPOINT_REACHED } from './failpoints/failpoint.ts';
export { Readiness, type ReadinessCheck, type ReadinessReport } from './health/readiness.ts';
export { Answers, AnswersProblem } from './http/answers.decorator.ts';
export { serveOpenApi, toOpenApiDocument, type OpenApiOptions } from './http/open-api.ts';
export { parseWaitSeconds } from './http/prefer.ts';
export { type PlaceInHand, RequestsInHand } from './http/requests-in-hand.ts';
export {
  type AnswerProblem,
  type Problem,
  type ProblemAnswer,
  toKnownError,
  toProblem,
} from './http/problem.policy.ts';
export { JSON_DEPTH_MAX, parseJsonLossless } from './json/lossless-json.ts';
export { LOG_FIELDS, type LogField, type LogFields, type LogValue } from './logs/log-fields.ts';
export { Log, type LogOptions } from './logs/log.ts';
export { NestLog } from './logs/nest-log.ts';
export { Metrics, type MetricOptions } from './metrics/metrics.ts';
export { createService, SERVICE_STRATEGY, type ServiceOptions } from './service/create-service.ts';
export { DueLoop, type DueLoopOptions, repeatWhileMore } from './service/due-loop.ts';
export { ServiceLifetime } from './service/lifetime.ts';
export { PlatformModule, type PlatformOptions } from './service/platform.module.ts';
export { RegularLoop, type RegularLoopOptions } from './service/regular-loop.ts';
export { runService } from './service/run-service.ts';
export { formatTable, type TableColumn } from './text/text-table.ts';
export {
  currentTrace,
  currentTraceId,
  currentTraceparent,
  runInTrace,
  runOutsideTrace,
  runWithTraceparent,
} from './trace/correlation.ts';
export { activeSpans, setActiveSpans, type SpanSource, type SpanStart } from './trace/spans.ts';
export type { Span, SpanAttributes, TraceContext } from './trace/trace-context.ts';
export { continueTrace, newTrace } from './trace/traceparent.ts';
