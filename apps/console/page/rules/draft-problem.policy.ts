/** One thing for which a document was not taken in. */
export interface DraftProblem {
  /** Where in the text, from 1; undefined where it is about the text as a whole. */
  readonly line: number | undefined;
  /** The rule and the part of it, where it is of one. */
  readonly where: string;
  readonly message: string;
}

/** As risk writes it down: `line 4, column 11, rule "large", rules.0.when, character 34: No such key: amont`. */
const PLACED = /^line (?<line>\d+), column \d+(?:, (?<where>.*?))?: (?<message>.+)$/s;

/** What risk's refusal of a document names, problem by problem; empty where it names none. */
export function findDraftProblems(refusal: Readonly<Record<string, unknown>>): DraftProblem[] {
  const { problems } = (refusal['facts'] ?? {}) as { readonly problems?: unknown };
  return Array.isArray(problems) ? problems.map((problem) => toDraftProblem(String(problem))) : [];
}

function toDraftProblem(problem: string): DraftProblem {
  const { line, where = '', message = problem } = PLACED.exec(problem)?.groups ?? {};
  return { line: line === undefined ? undefined : Number(line), where, message };
}

/** From where to where a line reaches in its text, its end not included. */
export function toLineRange(text: string, line: number): { readonly from: number; readonly to: number } {
  const lines = text.split('\n');
  const from = lines.slice(0, line - 1).reduce((length, each) => length + each.length + 1, 0);
  return { from: Math.min(from, text.length), to: Math.min(from + (lines[line - 1]?.length ?? 0), text.length) };
}
