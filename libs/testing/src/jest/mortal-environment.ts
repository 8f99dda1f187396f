import { TestEnvironment } from 'jest-environment-node';

const PARENT_CHECK_INTERVAL_MS = 500;

const parent = process.ppid;
let watch: NodeJS.Timeout | undefined;

/**
 * Node's environment in a worker that dies with the run. A jest worker whose parent was killed would live on for as
 * long as a server or a consumer of a test keeps it busy. (Listening for the end of the channel to the parent would
 * say so at once, but would itself keep an idle worker from ending.)
 */
export default class MortalEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    watch ??= setInterval(endWithParent, PARENT_CHECK_INTERVAL_MS).unref();
  }
}

function endWithParent(): void {
  if (process.ppid !== parent) process.exit(1);
}
