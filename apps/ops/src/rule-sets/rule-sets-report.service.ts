import {
  type BacktestAnswer,
  type BacktestResult,
  type DifferencesAnswer,
  FATES,
  type FateSum,
  type RuleSetAnswer,
  type RuleSetAuditAnswer,
  type RuleSetDetailAnswer,
} from '@tollgate/contracts';
import { formatTable } from '@tollgate/platform';
import { formatTime, shorten, toPrintable } from '../output/printable-text.policy.ts';

const VERSION_SHOWN = 12;

export function reportRuleSets(ruleSets: readonly RuleSetAnswer[]): string {
  return formatTable(
    [
      { title: 'version' },
      { title: 'name' },
      { title: 'status' },
      { title: 'rules', align: 'right' },
      { title: 'made' },
      { title: 'by' },
      { title: 'proposed by' },
    ],
    ruleSets.map(({ version, name, status, rules, createdAt, createdBy, proposal }) => [
      version.slice(0, VERSION_SHOWN),
      toPrintable(name),
      status,
      `${rules.length}`,
      formatTime(new Date(createdAt)),
      toPrintable(createdBy.displayName),
      toPrintable(proposal?.by.displayName ?? ''),
    ]),
  );
}

export function reportRuleSet({
  version,
  name,
  status,
  description,
  rules,
  default: otherwise,
}: RuleSetDetailAnswer): string {
  const table = formatTable(
    [{ title: 'rule' }, { title: 'then' }, { title: 'score', align: 'right' }, { title: 'reason' }, { title: 'when' }],
    rules.map((rule) => [
      rule.name,
      `${rule.then ?? ''}${rule.mandatory ? ' (mandatory)' : ''}`,
      `${rule.score ?? ''}`,
      rule.reason,
      shorten(rule.when.replaceAll(/\s+/g, ' '), 80),
    ]),
  );
  const head = `${name} ${version}, ${status}${description === null ? '' : `\n${toPrintable(description)}`}`;
  return `${head}\n\n${table}\n\notherwise ${otherwise.then}, ${otherwise.reason}`;
}

export function reportAudit(entries: readonly RuleSetAuditAnswer[]): string {
  return formatTable(
    [
      { title: 'at' },
      { title: 'version' },
      { title: 'name' },
      { title: 'step' },
      { title: 'now' },
      { title: 'by' },
      { title: 'note' },
    ],
    entries.map(({ at, version, name, step, to, by, note }) => [
      ...[formatTime(new Date(at)), version.slice(0, VERSION_SHOWN), toPrintable(name), step, to],
      ...[toPrintable(by.displayName), shorten(note ?? '', 60)],
    ]),
  );
}

/** Of a shadow or of a backtest: how often which decision became which, and how the rules fired. */
export function reportFigures(
  figures: Pick<DifferencesAnswer, 'attempts' | 'different' | 'decisions' | 'rules'>,
): string {
  const pairs = formatTable(
    [{ title: 'was' }, { title: 'would be' }, { title: 'attempts', align: 'right' }, { title: 'minor units' }],
    figures.decisions.map(({ from, to, attempts, amounts }) => [from, to, `${attempts}`, tellAmounts(amounts)]),
  );
  const rules = formatTable(
    [{ title: 'rule' }, { title: 'hits', align: 'right' }, { title: 'could not be told', align: 'right' }],
    figures.rules.map(({ rule, hits, errors }) => [rule, `${hits}`, `${errors}`]),
  );
  return `${figures.different} of ${figures.attempts} attempts differ\n\n${pairs}\n\n${rules}`;
}

/** How far velocities that are counted anew can be relied on. */
function tellReplay(replay: BacktestResult['replay']): string {
  if (replay === null) return '';
  const { counted, countedFrom, leftOut, compared, same } = replay;
  const from = countedFrom === null ? '' : ` from ${formatTime(new Date(countedFrom))} on`;
  const told = compared === 0 ? 'none of them was counted live' : `${same} of ${compared} are what was counted live`;
  return `\n\nvelocities counted anew over ${counted} attempts${from}, ${leftOut} undecided left out; ${told}`;
}

/** The same with what became of the attempts that each rule hit, as far as it is known. */
export function reportBacktest(result: BacktestResult): string {
  const judged = result.rules.filter(({ fate }) => fate.known > 0);
  const figures = `${reportFigures(result)}${tellReplay(result.replay)}`;
  if (judged.length === 0) return `${figures}\n\nof no attempt that a rule hit is it known what became of it`;
  const fates = formatTable(
    [
      ...[{ title: 'rule' }, { title: 'then' }, { title: 'known', align: 'right' as const }],
      ...[{ title: 'right', align: 'right' as const }, { title: 'minor units' }],
      ...FATES.map((fate) => ({ title: fate as string, align: 'right' as const })),
    ],
    judged.map(({ rule, then, fate }) => [
      ...[rule, then, `${fate.known}`, `${fate.right}`, tellAmounts(fate.rightAmounts)],
      ...FATES.map((each) => `${fate[each].attempts}`),
    ]),
  );
  return `${figures}\n\nwhere it is known what became of the attempt:\n\n${fates}`;
}

/** Lines that begin with what they tell: pairs of decisions, rules, and fates of both by currency. */
export function toBacktestCsv({ result }: BacktestAnswer): string {
  const { decisions, rules } = result ?? { decisions: [], rules: [] };
  return [
    ['decision', 'from', 'to', 'attempts', 'currency', 'amountMinor'],
    ...decisions.flatMap(({ from, to, attempts, amounts }) => byCurrency(['decision', from, to, attempts], amounts)),
    ['decisionFate', 'from', 'to', 'fate', 'attempts', 'currency', 'amountMinor'],
    ...decisions.flatMap(({ from, to, fate }) =>
      FATES.flatMap((each) => byCurrency(['decisionFate', from, to, each, fate[each].attempts], fate[each].amounts)),
    ),
    ['rule', 'name', 'then', 'hits', 'errors', 'fateKnown', 'right'],
    ...rules.map(({ rule, then, hits, errors, fate }) => ['rule', rule, then, hits, errors, fate.known, fate.right]),
    ['ruleFate', 'name', 'fate', 'attempts', 'currency', 'amountMinor'],
    ...rules.flatMap(({ rule, fate }) => [
      ...byCurrency(['ruleFate', rule, 'right', fate.right], fate.rightAmounts),
      ...FATES.flatMap((each) => byCurrency(['ruleFate', rule, each, fate[each].attempts], fate[each].amounts)),
    ]),
  ]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');
}

function byCurrency(cells: ReadonlyArray<string | number>, amounts: Readonly<Record<string, string>>) {
  return Object.entries(amounts).map(([currency, amount]) => [...cells, currency, amount]);
}

/** One page that needs nothing but itself. */
export function toBacktestPage(backtest: BacktestAnswer): string {
  const { result } = backtest;
  const most = Math.max(1, ...(result?.decisions ?? []).map(({ attempts }) => attempts));
  const pairs = (result?.decisions ?? []).map(({ from, to, attempts, amounts, fate }) => [
    ...[from, to, `${attempts}<div class="bar" style="width:${((attempts * 100) / most).toFixed(1)}%"></div>`],
    ...[toCell(amounts), ...FATES.map((each) => toFateCell(fate[each]))],
  ]);
  const rules = (result?.rules ?? []).map(({ rule, then, hits, errors, fate }) => [
    ...[escape(rule), escape(then), `${hits}`, `${errors}`],
    fate.known === 0 ? 'not known' : `${fate.right} of ${fate.known}<br>${toCell(fate.rightAmounts)}`,
    ...FATES.map((each) => toFateCell(fate[each])),
  ]);
  const title = `Backtest of ${escape(backtest.name)} ${backtest.version.slice(0, VERSION_SHOWN)}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<style>body{font:16px/1.5 system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}
.bar{background:#3b82f6;height:.5rem}</style></head><body><h1>${title}</h1>
<p>On ${backtest.source === 'topic' ? 'the attempts of the topic' : 'recorded decisions'}, ${escape(backtest.from)} to ${escape(backtest.to)}: ${result?.different ?? 0} of ${result?.attempts ?? 0} attempts differ
(${result?.attemptsPerSecond ?? 0} attempts a second). Amounts are in minor units.${escape(tellReplay(result?.replay ?? null))}</p>
<h2>Decisions</h2>${toTable(['was', 'would be', 'attempts', 'amounts', ...FATES], pairs)}
<h2>Rules</h2>${toTable(['rule', 'then', 'hits', 'could not be told', 'right', ...FATES], rules)}</body></html>
`;
}

function toFateCell({ attempts, amounts }: FateSum): string {
  return attempts === 0 ? '' : `${attempts}<br>${toCell(amounts)}`;
}

function toCell(amounts: Readonly<Record<string, string>>): string {
  return Object.entries(amounts)
    .map(([currency, amount]) => `${escape(currency)} ${escape(amount)}`)
    .join('<br>');
}

function tellAmounts(amounts: Readonly<Record<string, string>>): string {
  const told = Object.entries(amounts).map(([currency, amount]) => `${currency} ${amount}`);
  return shorten(told.join(', '), 80);
}

function toTable(titles: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const head = titles.map((title) => `<th scope="col">${title}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
