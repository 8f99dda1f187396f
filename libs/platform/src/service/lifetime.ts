/**
 * Where the service is in its life. `stopping` is aborted as soon as a stop is asked for: answers that wait
 * (`Prefer: wait`, event streams) and jobs listen to it and end early, so that a stop does not wait for them.
 */
export class ServiceLifetime {
  private readonly controller = new AbortController();
  private started = false;

  get stopping(): AbortSignal {
    return this.controller.signal;
  }

  get phase(): 'starting' | 'running' | 'stopping' {
    if (this.controller.signal.aborted) {
      return 'stopping';
    }
    return this.started ? 'running' : 'starting';
  }

  markStarted(): void {
    this.started = true;
  }

  stop(): void {
    this.controller.abort();
  }
}
