/** One Ctrl-C arrives twice, from the terminal and from the command that started this one. */
const SAME_KEY_PRESS_MS = 800;
const PARENT_POLL_MS = 500;

/** What a person, the system or a dying parent asks of this process. */
export class StopSignals {
  private readonly stopListeners: (() => void)[] = [];
  private readonly forceListeners: (() => void)[] = [];
  private firstAtMs: number | undefined;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.receive());
    this.watchParent();
  }

  get isStopping(): boolean {
    return this.firstAtMs !== undefined;
  }

  /** The first request. */
  onStop(listener: () => void): void {
    this.stopListeners.push(listener);
  }

  /** The second: whoever asks twice does not want to wait. */
  onForce(listener: () => void): void {
    this.forceListeners.push(listener);
  }

  private receive(): void {
    const now = performance.now();
    if (this.firstAtMs === undefined) {
      this.firstAtMs = now;
      for (const listener of this.stopListeners) listener();
    } else if (now - this.firstAtMs > SAME_KEY_PRESS_MS) {
      for (const listener of this.forceListeners) listener();
    }
  }

  /**
   * A bootstrap that was killed cannot pass a signal on: its child finds itself with another parent. The timer also
   * keeps the launcher alive, whose own children are detached and hold nothing open.
   */
  private watchParent(): void {
    const parent = process.ppid;
    const hasBootstrap = process.env.TOLLGATE_BOOTSTRAP !== undefined;
    setInterval(() => {
      if (hasBootstrap && process.ppid !== parent && !this.isStopping) this.receive();
    }, PARENT_POLL_MS);
  }
}
