/** As much of a browser as signing in needs: it keeps cookies, says where its requests come from, follows nothing. */
export class PageBrowser {
  readonly #cookies = new Map<string, string>();
  csrfToken: string | undefined;

  constructor(private readonly origin: string) {}

  /** Every `Set-Cookie` that it was ever given. */
  readonly given: string[] = [];

  /** @param options.headers stand above what the browser would send; undefined leaves one out */
  async ask<Body = Record<string, unknown>>(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string | undefined> } = {},
  ): Promise<{ status: number; body: Body; headers: Headers }> {
    const headers: Record<string, string | undefined> = {
      origin: this.origin,
      'sec-fetch-site': 'same-origin',
      'x-csrf-token': this.csrfToken,
      cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') || undefined,
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    };
    const answer = await fetch(`${this.origin}${path}`, {
      method,
      redirect: 'manual',
      headers: Object.entries(headers).filter((each): each is [string, string] => each[1] !== undefined),
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    this.#keep(answer.headers.getSetCookie());
    const text = await answer.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Body & { csrfToken?: string };
    this.csrfToken = body.csrfToken ?? this.csrfToken;
    return { status: answer.status, body, headers: answer.headers };
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  #keep(setCookies: readonly string[]): void {
    for (const line of setCookies) {
      this.given.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }
}
