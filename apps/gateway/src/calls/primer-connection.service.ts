import type { OnApplicationShutdown } from '@nestjs/common';
import { PrimerClient } from '@tollgate/primer-client';

/** The gateway's one pool of connections to Primer; every merchant's calls share it, each with its own key. */
export class PrimerConnection extends PrimerClient implements OnApplicationShutdown {
  /** True while this merchant's approves and aborts are held back because too many of them failed. */
  isCircuitOpen(merchantId: string): boolean {
    const circuit = this.circuitOf(merchantId, 'attempts');
    return circuit !== undefined && circuit.state !== 'closed';
  }

  /** Last of all: calls that are still under way are cut off, and their leases tell that they may have arrived. */
  async onApplicationShutdown(): Promise<void> {
    await this.destroy();
  }
}
