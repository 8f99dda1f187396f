import { releaseBackends } from './global-setup.ts';

/** The counterpart of the global set-up, in the same process. */
export default async function globalTeardown(): Promise<void> {
  await releaseBackends();
}
