import path from 'node:path';

import { BackendError, assertPortFree, chooseBackends } from '@tollgate/backends';
import { ConfigError } from '@tollgate/platform';

import { InstallationClient } from '../sample/installation-client.ts';
import { UnexpectedAnswer } from '../sample/json-client.ts';
import { runSample } from '../sample/run-sample.command.ts';
import { CredentialsError, readOrMakeCredentials } from './credentials.ts';
import type { Credentials, LocalCredentials } from './credentials.ts';
import { DataFolder, DataFolderInUse } from './data-folder.ts';
import { readLauncherSettings } from './launcher.config.ts';
import type { LauncherSettings } from './launcher.config.ts';
import { Narrator } from './narrator.ts';
import { setUpDatabase } from './set-up-database.command.ts';
import { connectHost, planServices, toAddresses } from './service-plan.ts';
import type { ServicePlan } from './service-plan.ts';
import type { StartOptions } from './start-options.ts';
import { StopSignals } from './stop-signals.ts';
import { SupervisedBackend } from './supervised-backend.ts';
import { ServiceDidNotStart, SupervisedService } from './supervised-service.ts';

/** A stop was asked for while starting; what runs is stopped by whoever catches this. */
class Interrupted extends Error {}

/**
 * `npm start`: brings everything up, sends the sample, and stays up until it is asked to stop.
 * @returns the exit code
 */
export async function startTollgate(options: StartOptions): Promise<number> {
  const narrator = new Narrator();
  const folder = new DataFolder(options.dataDir);
  const signals = new StopSignals();
  try {
    await folder.take();
  } catch (error) {
    return explain(error, narrator);
  }
  const installation = new Installation(folder, narrator, signals);
  signals.onStop(() => folder.announceStopping());
  signals.onForce(() => void installation.kill().then(() => process.exit(1)));
  let exitCode: number;
  try {
    exitCode = await installation.run(options);
  } catch (error) {
    exitCode = explain(error, narrator);
  }
  folder.announceStopping();
  await installation.stop();
  folder.release();
  return exitCode;
}

/** Everything this launcher started. */
class Installation {
  private readonly services: SupervisedService[] = [];
  private readonly backends: SupervisedBackend[] = [];

  constructor(
    private readonly folder: DataFolder,
    private readonly narrator: Narrator,
    private readonly signals: StopSignals,
  ) {}

  async run(options: StartOptions): Promise<number> {
    const startedAt = performance.now();
    const settings = readLauncherSettings(process.env);
    await this.clearUp();
    const { credentials, made } = readOrMakeCredentials(this.folder.credentialsFile, process.env, {
      dataOf: path.join(this.folder.dataDir, 'postgres'),
    });
    const where = path.relative(process.cwd(), this.folder.credentialsFile);
    this.narrator.say(`✓ credentials ${made ? 'made at random in' : 'from'} ${where}`);
    const plans = await this.startBackends(settings, credentials);
    await this.startServices(plans);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    this.narrator.say(`✓ Tollgate is ready (${seconds} s)\n${describeAddresses(plans)}`);
    this.sayWhereTheConsoleIs(settings, credentials);
    if (settings.PRIMER_API_URL === undefined) await this.sayWhereTheShopIs(settings, credentials);

    const passed = options.sampleSize === 0 || (await this.sendSample(options, settings, credentials));
    if (options.once) return passed ? 0 : 1;
    this.narrator.say(
      `\nTollgate stays up. Logs are in ${path.relative(process.cwd(), this.folder.logsDir)}; Ctrl-C stops it.`,
    );
    await new Promise<void>((resolve) => this.signals.onStop(resolve));
    return 0;
  }

  /** Services first, together; then the broker and the database, on which their last words depend. */
  async stop(): Promise<void> {
    if (this.services.length + this.backends.length === 0) return;
    await this.narrator.step(
      'stopping',
      async () => {
        await Promise.all(this.services.map((service) => service.stop()));
        await Promise.all(this.backends.map((backend) => backend.stop()));
      },
      () => 'stopped',
    );
  }

  async kill(): Promise<void> {
    this.narrator.say('! stopped by force');
    for (const service of this.services) service.kill();
    await Promise.all(this.backends.map((backend) => backend.kill()));
    this.folder.release();
  }

  private async clearUp(): Promise<void> {
    const ended = await this.folder.clearLeftovers();
    if (ended.length > 0) this.narrator.say(`✓ ended what an earlier, killed start left running: ${ended.join(', ')}`);
    this.folder.rotateLogs();
  }

  private async startBackends(settings: LauncherSettings, credentials: Credentials): Promise<ServicePlan[]> {
    // A taken port is found before anything slow begins.
    const unplanned = this.planWith(settings, credentials, { databaseUrls: {}, brokers: '' });
    for (const { app, port, portVariable } of unplanned) {
      await assertPortFree({ port, host: settings.HOST, purpose: app, variable: portVariable });
    }
    const { postgres, kafka } = await this.narrator.step(
      'starting PostgreSQL and Kafka',
      () =>
        chooseBackends({
          dataDir: this.folder.dataDir,
          logsDir: this.folder.logsDir,
          runDir: this.folder.runDir,
          postgresPort: settings.POSTGRES_PORT,
          kafkaPort: settings.KAFKA_PORT,
          say: (line) => this.narrator.say(`  ${line}`),
          progress: (text) => this.narrator.progress(text),
        }),
      ({ kafka: chosen }) => `PostgreSQL and Kafka (${chosen.brokers}) are ready`,
    );
    this.supervise('Kafka', kafka.server);
    this.supervise('PostgreSQL', postgres.server);
    this.assertGoingOn();
    const databaseUrls = await this.narrator.step(
      'preparing the database',
      () =>
        setUpDatabase({
          adminUrl: postgres.url,
          credentials,
          merchantsSchema: settings.MERCHANTS_SCHEMA,
          identitySchema: settings.IDENTITY_SCHEMA,
          merchantSettingsText: process.env['MERCHANT_SETTINGS'],
          makesPeople: true,
        }),
      () => `database roles, schemas, people and merchant ${credentials.merchantId} are in place`,
    );
    return this.planWith(settings, credentials, { databaseUrls, brokers: kafka.brokers });
  }

  private async startServices(plans: readonly ServicePlan[]): Promise<void> {
    this.assertGoingOn();
    const say = (line: string): void => this.narrator.say(line);
    this.services.push(...plans.map((plan) => new SupervisedService(plan, this.folder, say)));
    // What waits for a service to get ready gives up as soon as that service is being stopped.
    this.signals.onStop(() => void Promise.all(this.services.map((service) => service.stop())));
    const names = plans.map(({ app }) => app).join(', ');
    await this.narrator.step(
      `starting ${names}`,
      () => Promise.all(this.services.map((service) => service.start())),
      () => `${names} are ready`,
    );
    this.assertGoingOn();
  }

  private sayWhereTheConsoleIs(settings: LauncherSettings, { reviewers }: LocalCredentials): void {
    const [{ email, password }] = reviewers;
    const url = settings.CONSOLE_PUBLIC_URL ?? toAddresses(settings).console;
    this.narrator.say(`  the console, to review and look: ${url} (${email}, password ${password})`);
  }

  private async sayWhereTheShopIs(settings: LauncherSettings, credentials: Credentials): Promise<void> {
    const link = await new InstallationClient(toAddresses(settings), credentials).makeShopLink();
    this.narrator.say(`  the shop, to pay by hand: ${link}`);
  }

  private async sendSample(
    options: StartOptions,
    settings: LauncherSettings,
    credentials: Credentials,
  ): Promise<boolean> {
    if (settings.PRIMER_API_URL !== undefined) {
      this.narrator.say('no sample: it needs the emulator, and PRIMER_API_URL names another Primer');
      return true;
    }
    const stopped = new Promise<never>((_, reject) => this.signals.onStop(() => reject(new Interrupted())));
    const sample = runSample({
      size: options.sampleSize,
      credentials,
      addresses: toAddresses(settings),
      narrator: this.narrator,
    });
    return Promise.race([sample, stopped]);
  }

  private planWith(
    settings: LauncherSettings,
    credentials: Credentials,
    { databaseUrls, brokers }: { databaseUrls: Readonly<Record<string, string>>; brokers: string },
  ): ServicePlan[] {
    const { dataDir } = this.folder;
    return planServices({ settings, credentials, databaseUrls, brokers, dataDir, environment: process.env });
  }

  private supervise(name: string, server: ConstructorParameters<typeof SupervisedBackend>[1] | undefined): void {
    if (server !== undefined)
      this.backends.push(new SupervisedBackend(name, server, (line) => this.narrator.say(line)));
  }

  private assertGoingOn(): void {
    if (this.signals.isStopping) throw new Interrupted();
  }
}

function describeAddresses(plans: readonly ServicePlan[]): string {
  const lines = plans.map(({ app, port, environment }) => {
    return `  ${app.padEnd(10)}http://${connectHost(environment.HOST ?? '127.0.0.1')}:${port}`;
  });
  return lines.join('\n');
}

/** Says what went wrong and what to do. @returns the exit code */
function explain(error: unknown, narrator: Narrator): number {
  if (error instanceof Interrupted) return 130;
  if (error instanceof BackendError) {
    narrator.say(`\n${error.message}.\n${error.advice}${error.detail === undefined ? '' : `\n\n${error.detail}`}`);
  } else if (error instanceof ServiceDidNotStart) {
    narrator.say(`\n${error.message}. The end of its log:\n\n${error.logTail}`);
  } else if (error instanceof DataFolderInUse) {
    narrator.say(
      `${error.message}. Stop that one first (Ctrl-C in its terminal), or use another folder with --data-dir.`,
    );
  } else if (error instanceof ConfigError || error instanceof CredentialsError || error instanceof UnexpectedAnswer) {
    narrator.say(`\n${error.message}`);
  } else {
    narrator.say(`\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return 1;
}
