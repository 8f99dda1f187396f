import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { deriveKey } from './sealing.ts';

/** What tells people apart and is nobody else's business: kept and passed on as a keyed hash only. */
export type PersonalKind = 'email' | 'ip' | 'device';

/** Groups of an IPv6 address that name the network of one subscriber (a /64); the rest changes by the hour. */
const NETWORK_GROUPS = 4;

/**
 * Keyed hashes of personal values (HMAC-SHA-256 in base64url): equal for equal values, and nobody without the
 * installation's master key can try out addresses against them.
 */
export class PersonalValues {
  readonly #key: KeyObject;

  /** @throws Error when the master key is not 32 bytes in base64 */
  constructor(masterKey: string) {
    this.#key = createSecretKey(deriveKey(masterKey, 'personal-values'));
  }

  /** Undefined for what is no value of its kind: nothing is told apart by it. */
  hash(kind: PersonalKind, value: string | null | undefined): string | undefined {
    const plain = value === null || value === undefined ? undefined : normalise(kind, value);
    if (plain === undefined) return undefined;
    return createHmac('sha256', this.#key).update(`${kind} ${plain}`, 'utf8').digest('base64url');
  }
}

/** One spelling for what means the same. */
function normalise(kind: PersonalKind, value: string): string | undefined {
  const text = value.trim();
  if (kind === 'ip') return toSubscriber(text);
  // Local parts may differ by case in theory; no mailbox that takes payments does.
  if (kind === 'email') return text.includes('@') ? text.normalize('NFKC').toLowerCase() : undefined;
  return text === '' ? undefined : text;
}

/** An address as what tells one subscriber from another: of IPv6 the network alone; undefined for what is none. */
export function toSubscriber(text: string): string | undefined {
  // Some proxies add the port to what they forward, in brackets where the address itself has colons.
  const address = text.replace(/^(?:(\d+(?:\.\d+){3}):\d+|\[(.*)\](?::\d+)?)$/, '$1$2').replace(/%.*$/, '');
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6) return undefined;
  // URL writes every address in one way (RFC 5952), an IPv4 part in hexadecimal.
  const groups = toGroups(new URL(`http://[${address}]`).hostname.slice(1, -1));
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >>> 8, group & 0xff])
      .join('.');
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an address, those that `::` stands for included. */
function toGroups(address: string): number[] {
  const [head = '', tail] = address.split('::');
  const toNumbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const before = toNumbers(head);
  const after = toNumbers(tail ?? '');
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
}
