import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import type {
  BacktestAnswer,
  BacktestInput,
  DifferencesAnswer,
  RuleSetAnswer,
  RuleSetHitsAnswer,
  RuleSetInput,
} from '@tollgate/contracts';
import { ask, askService } from '../api/api.client.ts';

const RULES = ['rules'] as const;
const AGAIN_MS = 10_000;
/** Counting reads every decision of its range: of an hour now and then, of more only when somebody asks for it. */
const countAgainMs = (range: RangeName): number | false => (range === 'last hour' ? 30_000 : false);
/** Going back to a page does not count again at once. */
const COUNT_FRESH_MS = 20_000;
const RUNNING_AGAIN_MS = 500;
/** Of drafts and retired sets the newest; live and shadow sets are always all there. */
const OTHERS_MAX = 50;

/** How far back counts reach. */
export const RANGES = { 'last hour': 3_600_000, 'last day': 86_400_000, 'last week': 604_800_000 } as const;
export type RangeName = keyof typeof RANGES;

interface Listed<Row> {
  readonly data: readonly Row[];
}

/** All sets that see attempts, and the newest of the others. */
export interface KnownRuleSets {
  readonly live: readonly RuleSetAnswer[];
  readonly shadows: readonly RuleSetAnswer[];
  readonly others: readonly RuleSetAnswer[];
}

export function useRuleSets(): UseQueryResult<KnownRuleSets> {
  return useQuery({
    queryKey: [...RULES, 'sets'],
    queryFn: async () => {
      const list = (query: string) => askService<Listed<RuleSetAnswer>>('risk', `/v1/rulesets?${query}`);
      const [live, shadows, newest] = await Promise.all([
        list('status=live'),
        list('status=shadow'),
        list(`limit=${OTHERS_MAX}`),
      ]);
      const others = newest.data.filter(({ status }) => status !== 'live' && status !== 'shadow');
      return { live: live.data, shadows: shadows.data, others };
    },
    refetchInterval: AGAIN_MS,
  });
}

/** How often each rule of a set hit. */
export function useHits(version: string, range: RangeName): UseQueryResult<RuleSetHitsAnswer> {
  return useQuery({
    queryKey: [...RULES, 'hits', version, range],
    queryFn: () => askService<RuleSetHitsAnswer>('risk', `/v1/rulesets/${version}/hits?${toQuery(range)}`),
    refetchInterval: countAgainMs(range),
    refetchOnWindowFocus: false,
    staleTime: COUNT_FRESH_MS,
  });
}

/** Where a set in the shadow differs from what was decided. */
export function useDifferences(version: string, range: RangeName): UseQueryResult<DifferencesAnswer> {
  return useQuery({
    queryKey: [...RULES, 'differences', version, range],
    queryFn: () => askService<DifferencesAnswer>('risk', `/v1/rulesets/${version}/differences?${toQuery(range)}`),
    refetchInterval: countAgainMs(range),
    refetchOnWindowFocus: false,
    staleTime: COUNT_FRESH_MS,
  });
}

/** The newest backtests; asked often while one runs. */
export function useBacktests(): UseQueryResult<readonly BacktestAnswer[]> {
  return useQuery({
    queryKey: [...RULES, 'backtests'],
    queryFn: async () => (await askService<Listed<BacktestAnswer>>('risk', '/v1/backtests')).data,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === 'running') ? RUNNING_AGAIN_MS : AGAIN_MS,
  });
}

/** One backtest, which may be older than those listed. */
export function useBacktest(id: string): UseQueryResult<BacktestAnswer> {
  return useQuery({
    queryKey: [...RULES, 'backtest', id],
    queryFn: () => askService<BacktestAnswer>('risk', `/v1/backtests/${encodeURIComponent(id)}`),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? RUNNING_AGAIN_MS : false),
  });
}

/** Begins a backtest; its figures are read as it runs. @throws ApiProblem */
export function runBacktest(wanted: Pick<BacktestInput, 'version' | 'from' | 'source'>): Promise<BacktestAnswer> {
  return ask<BacktestAnswer>('POST', '/api/risk/v1/backtests', wanted);
}

/** Takes a document in: the same content again is the same set. @throws ApiProblem */
export function draftRuleSet(wanted: RuleSetInput & { readonly document: string }): Promise<RuleSetAnswer> {
  return ask<RuleSetAnswer>('POST', '/api/risk/v1/rulesets', wanted);
}

function toQuery(range: RangeName): URLSearchParams {
  return new URLSearchParams({ from: startOf(range) });
}

/** When a range began. RFC 3339. */
export function startOf(range: RangeName): string {
  return new Date(Date.now() - RANGES[range]).toISOString();
}
