const TURN_MS = 120;
const REPEAT_MS = 10_000;
const WIDTH_ASSUMED = 80;
const TURNS = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/**
 * Tells a person what happens: one line a step. A step under way turns and counts on a terminal; elsewhere it repeats
 * itself every ten seconds, so that a log shows life without being flooded.
 */
export class Narrator {
  private readonly onTerminal = process.stdout.isTTY;
  private current: { title: string; detail: string; startedAt: number; timer: NodeJS.Timeout } | undefined;
  private turn = 0;

  say(line: string): void {
    this.clearLine();
    console.log(line);
  }

  /** Runs a step, showing `title` while it lasts and `done(result)` after it. */
  async step<Result>(title: string, work: () => Promise<Result>, done: (result: Result) => string): Promise<Result> {
    const startedAt = performance.now();
    const timer = setInterval(() => this.show(), this.onTerminal ? TURN_MS : REPEAT_MS);
    this.current = { title, detail: '', startedAt, timer };
    try {
      const result = await work();
      this.end();
      console.log(`✓ ${done(result)} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
      return result;
    } catch (error) {
      this.end();
      console.log(`✗ ${title}`);
      throw error;
    }
  }

  /** What the step under way is doing now. */
  progress(detail: string): void {
    if (this.current !== undefined) this.current.detail = detail;
  }

  private show(): void {
    if (this.current === undefined) return;
    const { title, detail, startedAt } = this.current;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const text = `${title}${detail === '' ? '' : `: ${detail}`} … ${seconds} s`;
    if (!this.onTerminal) {
      console.log(`… ${text}`);
      return;
    }
    this.turn = (this.turn + 1) % TURNS.length;
    const line = `${TURNS[this.turn]} ${text}`;
    // Some terminals tell no width, or none yet.
    const width = process.stdout.columns > 0 ? process.stdout.columns : WIDTH_ASSUMED;
    process.stdout.write(`\r\u001B[K${line.slice(0, width - 1)}`);
  }

  private end(): void {
    if (this.current !== undefined) clearInterval(this.current.timer);
    this.current = undefined;
    this.clearLine();
  }

  private clearLine(): void {
    if (this.onTerminal) process.stdout.write('\r\u001B[K');
  }
}
