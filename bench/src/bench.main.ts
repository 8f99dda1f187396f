import { BENCH_USAGE, UsageError, parseBenchOptions } from './bench-options.ts';

const EXIT_USAGE = 2;
const EXIT_INTERRUPTED = 130;

// Sockets may still be closing; everything of ours has been stopped.
process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  let options;
  try {
    options = parseBenchOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n\n${BENCH_USAGE}`);
    return EXIT_USAGE;
  }
  if (options === 'help') {
    console.log(BENCH_USAGE);
    return 0;
  }
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort());
  }
  // Loaded only now, so that a typing error is answered at once.
  const { runBench } = await import('./run-bench.ts');
  try {
    await runBench(options, interruption.signal);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) return EXIT_INTERRUPTED;
    throw error;
  }
}
