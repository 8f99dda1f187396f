import type { FaultDefinition } from './fault.schema.ts';

type Form = Extract<FaultDefinition, { kind: 'MALFORMED_BODY' }>['form'];

const SPOILERS: Readonly<Record<Form, (text: string) => string>> = {
  TRUNCATED: (text) => text.slice(0, Math.floor(text.length / 2)),
  NOT_JSON: () => '<html><body><h1>Bad Gateway</h1></body></html>',
  EMPTY: () => '',
  OTHER_SHAPE: () => '{"status":"ok","data":[]}',
};

/** What becomes of an answer's JSON text, so that nobody can make sense of it. */
export function spoilBody(text: string, form: Form): string {
  return SPOILERS[form](text);
}
