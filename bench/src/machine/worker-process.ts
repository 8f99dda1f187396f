import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const SOURCE = path.resolve(import.meta.dirname, '..');

/** A process of the benchmark's own that answers one question at a time. */
export class WorkerProcess<Question, Answer> {
  private readonly child: ChildProcess;

  /** @param entry its compiled entry, relative to the benchmark's folder */
  constructor(entry: string, environment: NodeJS.ProcessEnv = {}) {
    this.child = fork(path.join(SOURCE, entry), {
      serialization: 'advanced',
      // Of its own process group: Ctrl-C reaches the benchmark, which stops it in its turn.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { PATH: process.env.PATH, ...environment },
      execArgv: [],
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** @throws Error when it ends instead of answering */
  async ask(question: Question): Promise<Answer> {
    const answered = new AbortController();
    try {
      return await Promise.race([
        once(this.child, 'message', { signal: answered.signal }).then(([answer]) => answer as Answer),
        once(this.child, 'exit', { signal: answered.signal }).then(([code, signal]) => {
          throw new Error(`process ${this.pid} of the benchmark ended (${String(signal ?? code)})`);
        }),
        this.send(question),
      ]);
    } finally {
      answered.abort();
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
  }

  /** Never resolves: the answer does. */
  private send(question: Question): Promise<never> {
    return new Promise((_, reject) => {
      this.child.send(question as object, (error) => {
        if (error !== null) reject(error);
      });
    });
  }
}

/** In a worker: answers every question by `answer`, and ends when its parent is gone. */
export function answerQuestions<Question>(answer: (question: Question) => Promise<unknown>): void {
  process.on('message', (question) => {
    void answer(question as Question).then((result) => process.send?.(result ?? null));
  });
  process.on('disconnect', () => process.exit(0));
}
