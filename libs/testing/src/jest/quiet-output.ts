/** What services and libraries under test write for operators; nobody reads it in a run that is green. */
const CHATTER = [
  /^\{"level":/, // a service's own log
  /\[Nest\] \d+/, // Nest's, before the service's log is there
];

/**
 * Leaves out of this process's output, and of its workers' (which jest hands on), the lines that are chatter. Returns
 * a writer that is not filtered.
 */
export function quietenOutput(): (line: string) => void {
  const writeOut = process.stdout.write.bind(process.stdout);
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    stream.write = (chunk: string | Uint8Array, ...rest: []) => {
      const kept = withoutChatter(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      return kept === '' ? true : write(kept, ...rest);
    };
  }
  return (line) => writeOut(`${line}\n`);
}

/** The text without the lines that are chatter. Chunks of worker output end at line ends, as they are written. */
export function withoutChatter(text: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => !CHATTER.some((pattern) => pattern.test(line)))
    .join('');
}
