import type { OnApplicationShutdown } from '@nestjs/common';
import { PrimerClient } from '@tollgate/primer-client';

/** The gateway's one pool of connections to Primer; every merchant's calls share it, each with its own key. */
export class PrimerConnection extends PrimerClient implements OnApplicationShutdown {
  /** Last of all: calls that are still under way are cut off, and their leases tell that they may have arrived. */
  async onApplicationShutdown(): Promise<void> {
    await this.destroy();
  }
}
