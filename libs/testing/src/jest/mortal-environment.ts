import { TestEnvironment } from 'jest-environment-node';

/**
 * Node's environment in a worker that dies with the run. A jest worker whose parent was killed would live on for as
 * long as a server or a consumer of a test keeps it busy; its channel to the parent closes at once.
 */
export default class MortalEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    if (!process.listeners('disconnect').includes(endWorker)) process.once('disconnect', endWorker);
  }
}

function endWorker(): void {
  process.exit(1);
}
