import { setTimeout as delay } from 'node:timers/promises';

import {
  backtestAnswer,
  type BacktestAnswer,
  differencesAnswer,
  type DifferencesAnswer,
  recomputationAnswer,
  type RecomputationAnswer,
  ruleSetAnswer,
  ruleSetDetailAnswer,
  ruleSetListAnswer,
} from '@tollgate/contracts';
import { z } from 'zod';

import type { Credentials } from '../launcher/credentials.ts';
import { JsonClient } from './json-client.ts';
import type { WrittenRuleSet } from './stricter-rules.policy.ts';

const SESSION_COOKIE = /(?:^|-)tollgate-session=([\w.-]+)/;
const ANSWER_WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 100;

/** What the sample asks risk: what anybody who operates may with the token, and what a person has to with their name. */
export class RulesClient {
  private readonly risk: JsonClient;

  constructor(
    private readonly addresses: { risk: string; console: string },
    private readonly credentials: Credentials,
  ) {
    this.risk = new JsonClient(addresses.risk, { authorization: `Bearer ${credentials.operatorToken}` });
  }

  /** The document that decides now. */
  async liveDocument(): Promise<WrittenRuleSet> {
    const { data } = await this.risk.get('/v1/rulesets?status=live', ruleSetListAnswer);
    const { document } = await this.risk.get(`/v1/rulesets/${data[0]!.version}`, ruleSetDetailAnswer);
    // risk takes in nothing else.
    return document as unknown as WrittenRuleSet;
  }

  /**
   * Puts a set into the shadow, in the name of the sample's first operator: who drafts a rule answers for it.
   * @returns its version; undefined where nobody drafts here, or no other set may be tried
   */
  async tryInShadow(document: WrittenRuleSet): Promise<string | undefined> {
    const secret = await this.signIn();
    if (secret === undefined) return undefined;
    const operator = new JsonClient(this.addresses.risk, { authorization: `Bearer ${secret}` });
    const drafted = { body: { document, note: 'by the sample' }, expected: [200, 201], schema: ruleSetAnswer };
    const { version } = (await operator.post('/v1/rulesets', drafted)).body;
    const tried = { body: {}, expected: [200, 409], schema: z.unknown() };
    const { status } = await operator.post(`/v1/rulesets/${version}/shadow`, tried);
    return status === 200 ? version : undefined;
  }

  /** Where the set in the shadow differed, from that moment on. */
  differences(version: string, from: string): Promise<DifferencesAnswer> {
    return this.risk.get(`/v1/rulesets/${version}/differences?from=${encodeURIComponent(from)}`, differencesAnswer);
  }

  /** The set on what was decided from that moment on. */
  async backtest(version: string, from: string): Promise<BacktestAnswer> {
    const asked = { body: { version, from }, expected: [202], schema: backtestAnswer };
    let { body: backtest } = await this.risk.post('/v1/backtests', asked);
    while (backtest.status === 'running') {
      await delay(LOOK_EVERY_MS);
      backtest = await this.risk.get(`/v1/backtests/${backtest.id}`, backtestAnswer);
    }
    return backtest;
  }

  /** Every decision from that moment on, made again. */
  recompute(from: string): Promise<RecomputationAnswer> {
    return this.risk.get(`/v1/decisions/recomputation?from=${encodeURIComponent(from)}`, recomputationAnswer);
  }

  /** Signs in as a browser would. Whose password was changed meanwhile, or whose console is away, does not sign in. */
  private async signIn(): Promise<string | undefined> {
    const [account] = this.credentials.operators ?? [];
    if (account === undefined) return undefined;
    const answer = await fetch(`${this.addresses.console}/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch(() => undefined);
    const cookies = answer?.ok === true ? answer.headers.getSetCookie() : [];
    return cookies.map((cookie) => SESSION_COOKIE.exec(cookie)?.[1]).find((secret) => secret !== undefined);
  }
}
