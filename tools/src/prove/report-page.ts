import type { FaultReport, Proof } from './proof.types.ts';
import { sumUpChecker, sumUpClasses, sumUpInvariants } from './summary.policy.ts';

/** The promises in short; docs/ARCHITECTURE.md has them in full. */
const PROMISES: Readonly<Record<string, string>> = {
  I1: 'an accepted attempt exists once and reaches one outcome',
  I2: 'what was committed is on its topic; the end is the same for every order and repetition',
  I3: 'one effect for each consumer and event',
  I4: 'at most one payment an attempt, none without an APPROVE, none after an abort',
  I5: 'a webhook answered 2xx is stored once; the newest status is in the books',
  I6: 'entries sum to zero; cached balances equal the fold of postings',
  I7: "the books hold what the provider's own record says",
  I8: 'dead letters are exactly the records that could not be handled',
  I9: 'no secret, token or card number shows anywhere',
  I10: 'no backlog is left a minute after the last fault',
  I11: 'a decision of the rules, made again from its features and its rule set, is the same to the byte',
};

/** Most violations of one scenario that are listed; one is enough to start looking. */
const VIOLATIONS_SHOWN_MAX = 20;
/** Notes that still fit into a scenario's row; more are a list of their own. */
const NOTES_IN_ROW_MAX = 2;

const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c2733; --quiet: #5b6b7b; --line: #d8dfe6; --good: #0a7a3d; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12181f; --text: #e3e9ef; --quiet: #93a3b3; --line: #2c3844; --good: #58c98a; --bad: #ff8a80; }
}
body { background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .quiet { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } .wide { overflow-x: auto; }
th, td { border-bottom: 1px solid var(--line); padding: .35rem .6rem; text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; } .number { text-align: right; font-variant-numeric: tabular-nums; }
pre { background: color-mix(in srgb, var(--text) 6%, transparent); overflow-x: auto; padding: .8rem; white-space: pre-wrap; }
`;

/** A page that needs nothing but itself. */
export function toReportPage(proof: Proof): string {
  const { facts, failures } = proof;
  const verdict = failures.length === 0 ? 'Every promise held' : 'Not every promise held';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(`${verdict}: seed ${facts.seed}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1 class="${failures.length === 0 ? 'good' : 'bad'}">${verdict}</h1>
${list(failures)}
${table(['', ''], factRows(proof))}
<h2>Faults by class</h2>
${table(['class', '#scenarios', '#faults', '#checkouts', '#repeated', '#doubled', '#violations', '#seconds'], classRows(proof))}
<p class="quiet">Repeated: done again and absorbed, because it had taken effect before. Doubled: took effect twice.</p>
<h2>Invariants</h2>
${table(['', 'promise', '#violations', '#planted and found'], invariantRows(proof))}
<h2>Scenarios</h2>
${table(['class', 'scenario', '#faults', '#checkouts', '#repeated', '#doubled', '#violations', '#seconds', 'notes'], scenarioRows(proof))}
${noteSections(proof)}
<h2>Planted violations</h2>
${table(['planted', 'found', 'as'], plantedRows(proof))}
${violationSections(proof)}
<h2>Tests</h2>
${table(['', 'promise', 'file'], testRows(proof))}
${proof.tests.flatMap(({ message, title }) => (message === '' ? [] : [`<h3>${escape(title)}</h3><pre>${escape(message)}</pre>`])).join('\n')}
</body>
</html>
`;
}

function factRows({ facts, reports, tests }: Proof): string[][] {
  const { planted, found } = sumUpChecker(reports);
  return [
    ['seed', String(facts.seed)],
    ['scale', facts.scale],
    ['repeat', `npm run prove -- --seed ${facts.seed}${facts.scale === 'quick' ? ' --quick' : ''}`],
    ['commit', facts.commit],
    ['started', facts.startedAt],
    ['took', `${Math.floor(facts.seconds / 60)} min ${Math.round(facts.seconds % 60)} s`],
    ['machine', facts.machine],
    ['planted violations', `${found} of ${planted} found`],
    ['tests', `${tests.filter(({ passed }) => passed).length} of ${tests.length} passed`],
  ];
}

function classRows({ reports }: Proof): string[][] {
  return sumUpClasses(reports).map((each) => [
    each.faultClass,
    String(each.scenarios),
    String(each.injected),
    String(each.checkouts),
    String(each.duplicateExecutions),
    String(each.duplicateEffects),
    String(each.violations),
    each.seconds.toFixed(0),
  ]);
}

function invariantRows({ reports }: Proof): string[][] {
  return sumUpInvariants(reports).map(({ invariant, violations, plantedFound }) => [
    invariant,
    PROMISES[invariant] ?? '',
    String(violations),
    String(plantedFound),
  ]);
}

function scenarioRows({ reports }: Proof): string[][] {
  return faultsOf(reports).map(({ notes = [], ...each }) => [
    each.faultClass,
    each.scenario,
    String(each.injected),
    String(each.checkouts ?? ''),
    String(each.duplicateExecutions ?? ''),
    String(each.duplicateEffects ?? ''),
    String(each.violations.length),
    each.seconds.toFixed(1),
    notes.length > NOTES_IN_ROW_MAX ? `${notes.length}, below` : notes.join('; '),
  ]);
}

function noteSections({ reports }: Proof): string {
  return faultsOf(reports)
    .flatMap(({ faultClass, scenario, notes = [] }) =>
      notes.length > NOTES_IN_ROW_MAX
        ? [`<details><summary>${escape(`Notes: ${faultClass}, ${scenario}`)}</summary>${list(notes)}</details>`]
        : [],
    )
    .join('\n');
}

function plantedRows({ reports }: Proof): string[][] {
  const ofChecker = reports.filter(({ faultClass }) => faultClass === 'checker');
  return ofChecker.map(({ scenario, injected, found = 0, violations }) => [
    scenario,
    found >= injected ? 'yes' : 'NO',
    [...new Set(violations.map(({ invariant, problem }) => `${invariant}: ${problem}`))].slice(0, 3).join('; '),
  ]);
}

function violationSections({ reports }: Proof): string {
  return faultsOf(reports)
    .filter(({ violations }) => violations.length > 0)
    .map(({ faultClass, scenario, violations }) => {
      const lines = violations.map(({ invariant, subject, problem }) => `${invariant} ${subject}: ${problem}`);
      const more = lines.length - VIOLATIONS_SHOWN_MAX;
      const shown = [...lines.slice(0, VIOLATIONS_SHOWN_MAX), ...(more > 0 ? [`and ${more} more`] : [])];
      return `<h2 class="bad">${escape(`Violations: ${faultClass}, ${scenario}`)}</h2>\n${list(shown)}`;
    })
    .join('\n');
}

function testRows({ tests }: Proof): string[][] {
  return tests.map(({ passed, title, file }) => [passed ? '✓' : '✗', title, file]);
}

function faultsOf(reports: readonly FaultReport[]): FaultReport[] {
  return reports.filter(({ faultClass }) => faultClass !== 'checker');
}

/** A column whose title begins with # holds numbers. */
function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const classOf = (index: number): string => (titles[index]?.startsWith('#') === true ? ' class="number"' : '');
  const head = titles.some((title) => title !== '')
    ? `<tr>${titles.map((title, index) => `<th${classOf(index)}>${escape(title.replace('#', ''))}</th>`).join('')}</tr>`
    : '';
  const body = rows.map(
    (row) => `<tr>${row.map((cell, index) => `<td${classOf(index)}>${escape(cell)}</td>`).join('')}</tr>`,
  );
  return `<div class="wide"><table>${[head, ...body].join('\n')}</table></div>`;
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
