import { cpuOf, cpuOfPostgres } from '../machine/process-usage.ts';
import type { CpuUsage } from '../machine/process-usage.ts';

/** Whose CPU time is taken. */
export interface MeteredProcesses {
  /** Process ids by service. */
  readonly services: Readonly<Record<string, number>>;
  readonly postgres: number;
  readonly kafka: number;
  readonly driver: number;
  readonly provider: number;
}

/** CPU time used since the meter was made. */
export class CpuMeter {
  private readonly before: CpuUsage;

  constructor(private readonly processes: MeteredProcesses) {
    this.before = readUsage(processes);
  }

  /** Milliseconds by process, PostgreSQL in all as `postgres` and by user as `postgres/<user>`, and `total`. */
  read(): CpuUsage {
    const usage = Object.entries(readUsage(this.processes)).map(
      ([name, ms]) => [name, ms - (this.before[name] ?? 0)] as const,
    );
    const total = usage.filter(([name]) => !name.includes('/')).reduce((sum, [, ms]) => sum + ms, 0);
    return { ...Object.fromEntries(usage), total };
  }
}

function readUsage({ services, postgres, kafka, driver, provider }: MeteredProcesses): CpuUsage {
  const { total, byUser } = cpuOfPostgres(postgres);
  return {
    ...mapValues(services, cpuOf),
    postgres: total,
    ...Object.fromEntries(Object.entries(byUser).map(([user, ms]) => [`postgres/${user}`, ms])),
    kafka: cpuOf(kafka),
    driver: cpuOf(driver),
    provider: cpuOf(provider),
  };
}

function mapValues(record: Readonly<Record<string, number>>, map: (value: number) => number): CpuUsage {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
