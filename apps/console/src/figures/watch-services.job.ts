import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { parseExposition } from './exposition.policy.ts';
import { type Scrape, toFigures } from './figures.policy.ts';
import type { Figures } from './figures.types.ts';
import { WatchSettings } from './watch-settings.types.ts';

const EVERY_MS = 5_000;
const ANSWER_WITHIN_MS = 3_000;
/** Ten minutes of points. */
const SCRAPES_MAX = 120;

/**
 * Reads every service's metrics now and then, so that the overview has a past as soon as somebody opens it, and so
 * that many who look cost no more than one. It asks as the installation's operator; people get sums and rates.
 */
@Injectable()
export class WatchServicesJob implements OnModuleInit, OnApplicationShutdown {
  private readonly scrapes: Scrape[] = [];
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly settings: WatchSettings) {}

  onModuleInit(): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), EVERY_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  /** What is known now; a console that has just started may know nothing yet. */
  figures(): Figures {
    return toFigures(this.scrapes, Object.keys(this.settings.origins));
  }

  private async look(): Promise<void> {
    const answers = await Promise.all(
      Object.entries(this.settings.origins).map(
        async ([service, origin]) => [service, await this.read(origin)] as const,
      ),
    );
    if (this.stopping.signal.aborted) return;
    const told = answers.flatMap(([service, text]) =>
      text === undefined ? [] : [[service, parseExposition(text)] as const],
    );
    this.scrapes.push({ atMs: Date.now(), byService: new Map(told) });
    if (this.scrapes.length > SCRAPES_MAX) this.scrapes.shift();
  }

  /** @returns undefined when the service does not answer: that is a figure of its own */
  private async read(origin: string): Promise<string | undefined> {
    try {
      const answer = await fetch(`${origin}/metrics`, {
        headers: { authorization: `Bearer ${this.settings.operatorToken}` },
        signal: AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      return answer.ok ? await answer.text() : undefined;
    } catch {
      return undefined;
    }
  }
}
