import type { KeyObject } from 'node:crypto';
import type { ClockSettings } from '@tollgate/contracts';
import type { PersonalValues } from '@tollgate/persistence';

/** What intake's parts share of its settings; provided once, by the module. Keys are imported once: HMAC is six times faster so. */
export abstract class IntakeOptions {
  abstract readonly clocks: ClockSettings;
  /** Keys the hash that stands in for a single-use token. */
  abstract readonly tokenHashKey: KeyObject;
  /** What is personal leaves intake as its hash. */
  abstract readonly personal: PersonalValues;
  /** Signs the read tokens that browsers get. */
  abstract readonly readTokenKey: KeyObject;
  /** Requests and event streams that may wait for news on one instance. */
  abstract readonly waitersMax: number;
}
