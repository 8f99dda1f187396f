/** How the cookies of a page are set: as strictly as its address allows. */
export interface CookieSettings {
  readonly prefix: '__Host-' | '';
  readonly secure: boolean;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** What our secrets are made of; a cookie could hold more (RFC 6265, section 4.1.1). */
const COOKIE_VALUE = /^[\w.-]*$/;

/**
 * Cookies of a page over HTTPS are `Secure` and carry the prefix `__Host-` (RFC 6265bis, section 4.1.3): no other host,
 * no subdomain and no plain connection can set them. Only on this very machine does a page do without.
 * @throws Error for a page that others would reach in the clear
 */
export function toCookieSettings(publicUrl: URL): CookieSettings {
  if (publicUrl.protocol === 'https:') {
    return { prefix: '__Host-', secure: true };
  }
  if (publicUrl.protocol === 'http:' && LOOPBACK.test(publicUrl.hostname)) {
    return { prefix: '', secure: false };
  }
  throw new Error(`${publicUrl.origin} would carry sessions in the clear: put TLS in front of it and name it by https`);
}

/** The origins under which a browser may know the page: on this machine, loopback has several names. */
export function toOwnOrigins(publicUrl: URL): ReadonlySet<string> {
  if (!LOOPBACK.test(publicUrl.hostname)) {
    return new Set([publicUrl.origin]);
  }
  return new Set(
    [publicUrl.hostname, 'localhost', '127.0.0.1', '[::1]'].map((hostname) => {
      const other = new URL(publicUrl);
      other.hostname = hostname;
      return other.origin;
    }),
  );
}

/**
 * A `Set-Cookie` that scripts cannot read and foreign pages cannot use for anything but coming here.
 * @param options.maxAgeSeconds 0 takes the cookie away
 */
export function toSetCookie(
  settings: CookieSettings,
  { name, value, maxAgeSeconds }: { name: string; value: string; maxAgeSeconds: number },
): string {
  if (!COOKIE_VALUE.test(value)) {
    throw new Error(`The cookie ${name} would hold what a cookie cannot`);
  }
  return [
    `${settings.prefix}${name}=${value}`,
    `Max-Age=${maxAgeSeconds}`,
    'Path=/',
    'HttpOnly',
    ...(settings.secure ? ['Secure'] : []),
    // Strict would lose the session on the way back from a provider's sign-in page.
    'SameSite=Lax',
  ].join('; ');
}

/** The cookie's value; undefined where there is none, or more than one of the name: one of them is not ours. */
export function findCookie(settings: CookieSettings, header: string | undefined, name: string): string | undefined {
  const whole = `${settings.prefix}${name}`;
  const pairs = (header ?? '').split(';').map((pair) => pair.trim());
  const values = pairs.filter((pair) => pair.startsWith(`${whole}=`)).map((pair) => pair.slice(whole.length + 1));
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
}
