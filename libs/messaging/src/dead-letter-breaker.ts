/** Over which time the share is taken. Milliseconds. */
const WINDOW_MS = 60_000;
/** Fewer dead letters than this within the window are an ordinary day, whatever their share. */
const LETTERS_MIN = 100;
/** After a pause a few tell enough. */
const LETTERS_MIN_AFTER_PAUSE = 10;
/** The share of dead letters from which on something is broken here, and not in the records. */
const SHARE_MAX = 0.5;
const PAUSE_MS = 60_000;

/** A breaker for each topic: what somebody else puts on one must not hold up the others. */
export class DeadLetterBreakers {
  readonly #byTopic = new Map<string, DeadLetterBreaker>();

  of(topic: string): DeadLetterBreaker {
    const breaker = this.#byTopic.get(topic) ?? new DeadLetterBreaker();
    this.#byTopic.set(topic, breaker);
    return breaker;
  }

  get isAnyOpen(): boolean {
    return [...this.#byTopic.values()].some((breaker) => breaker.isOpen);
  }
}

/**
 * A sudden share of dead letters means that the code or a contract is broken: the topic pauses and readiness turns
 * red, instead of the topic being emptied into the dead letters. After each pause a few records are tried.
 */
export class DeadLetterBreaker {
  #windowStartMs: number;
  #handled = 0;
  #letters = 0;
  #pausedUntilMs = 0;
  #lettersMin = LETTERS_MIN;

  constructor(private readonly clock: () => number = Date.now) {
    this.#windowStartMs = clock();
  }

  /** While true no record is handled. */
  get isOpen(): boolean {
    return this.clock() < this.#pausedUntilMs;
  }

  /** Records of one transaction that took effect, and those that became dead letters. */
  record(handled: number, letters: number): void {
    if (this.clock() - this.#windowStartMs > WINDOW_MS) {
      this.#startWindow(LETTERS_MIN);
    }
    this.#handled += handled;
    this.#letters += letters;
    const share = this.#letters / Math.max(this.#handled + this.#letters, 1);
    if (this.#letters >= this.#lettersMin && share > SHARE_MAX) {
      this.#pausedUntilMs = this.clock() + PAUSE_MS;
      this.#startWindow(LETTERS_MIN_AFTER_PAUSE, this.#pausedUntilMs);
    }
  }

  #startWindow(lettersMin: number, startMs = this.clock()): void {
    this.#windowStartMs = startMs;
    this.#handled = 0;
    this.#letters = 0;
    this.#lettersMin = lettersMin;
  }
}
