/** Where a command's words go: answers to standard output, everything else to standard error. */
export class Console {
  #progressLength = 0;

  /** The answer. */
  say(text: string): void {
    this.#endProgress();
    process.stdout.write(`${text}\n`);
  }

  json(value: unknown): void {
    this.say(JSON.stringify(value, undefined, 2));
  }

  /** Beside the answer. */
  remark(text: string): void {
    this.#endProgress();
    process.stderr.write(`${text}\n`);
  }

  /** How far long work has come: one line that changes on a terminal, a line each elsewhere. */
  progress(text: string): void {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${text.padEnd(this.#progressLength)}`);
      this.#progressLength = text.length;
    } else {
      process.stderr.write(`${text}\n`);
    }
  }

  #endProgress(): void {
    if (this.#progressLength > 0) {
      process.stderr.write('\n');
      this.#progressLength = 0;
    }
  }
}
