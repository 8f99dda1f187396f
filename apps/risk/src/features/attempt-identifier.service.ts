import { Injectable } from '@nestjs/common';
import type { AttemptTokenisedData } from '@tollgate/contracts';
import { PersonalValues } from '@tollgate/persistence';
import type { AttemptValues } from './feature.policy.ts';
import { toCardFingerprint } from './fingerprint.policy.ts';

/** Keys of the card fingerprint. */
export abstract class FingerprintKey {
  abstract readonly key: Buffer;
}

/** Says what an attempt names: by which card, customer, e-mail address, IP address, BIN and device it is told from others. */
@Injectable()
export class AttemptIdentifier {
  readonly #fingerprint: FingerprintKey;
  readonly #personal: PersonalValues;

  constructor(fingerprint: FingerprintKey, personal: PersonalValues) {
    this.#fingerprint = fingerprint;
    this.#personal = personal;
  }

  /** Producers other than intake may send addresses as they are: they are hashed here and go no further. */
  identify({ order, paymentMethod, shopper }: AttemptTokenisedData): AttemptValues {
    return {
      card: toCardFingerprint(this.#fingerprint.key, paymentMethod.analyticsId),
      customer: order.customerId ?? null,
      email: order.emailHash ?? this.#personal.hash('email', order.emailAddress) ?? null,
      ip: shopper?.ipHash ?? this.#personal.hash('ip', shopper?.ipAddress) ?? null,
      bin: paymentMethod.bin ?? null,
      device: shopper?.deviceHash ?? null,
    };
  }
}
