/** One line of a service's metrics. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Reads the exposition format of Prometheus, version 0.0.4; what is no sample is passed over. */
export function parseExposition(text: string): MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return [];
    const number = value === '+Inf' ? Infinity : Number(value);
    const pairs = [...labels.matchAll(LABEL)].map(([, key, content]) => [key, unescape(content ?? '')]);
    return Number.isNaN(number)
      ? []
      : [{ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: number }];
  });
}

function unescape(content: string): string {
  return content.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}
