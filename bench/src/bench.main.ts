import { BENCH_USAGE, UsageError, parseBenchOptions } from './bench-options.ts';

try {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(BENCH_USAGE);
  } else {
    const { runBench } = await import('./run-bench.ts');
    process.exit(await runBench(options));
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${BENCH_USAGE}`);
  process.exitCode = 2;
}
