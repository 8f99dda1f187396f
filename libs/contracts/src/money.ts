import { z } from 'zod';

/** Currencies Primer lists for `currencyCode` (API v2.4, POST /payments). The books take any three letters. */
export const CURRENCIES = (
  'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYR BYN BZD CAD CDF CHE CHF CHW CLP CNY COP COU CRC CUC CUP CVE CZK ' +
  'DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT ' +
  'LAK LBP LKR LRD LSL LYD MAD MDL MKD MMK MNT MOP MRO MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP ' +
  'SOS SRD SSP SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XDR XFU XOF XPD XPF XPT XSU XTS XUA YER ZAR ZMW ZWL'
).split(' ');

const knownCurrencies = new Set(CURRENCIES);

/** An ISO 4217 code that Primer takes. */
export const knownCurrency = z
  .string()
  .refine((code) => knownCurrencies.has(code), { error: 'unknown currency' })
  .meta({ description: 'ISO 4217 code as listed by Primer', examples: ['EUR'] });

/** Any three capital letters: what the books accept as a currency. */
export const anyCurrency = z.string().regex(/^[A-Z]{3}$/, { error: 'three capital letters expected' });

/** Whole minor units as a JSON number, as HTTP requests carry them: 0 … 2^53−1. */
export const requestAmount = z
  .int({ error: 'a whole number of minor units expected, at most 9007199254740991' })
  .nonnegative({ error: 'must not be negative' })
  .meta({ description: 'Minor units (cents)', examples: [4200] });

/** Whole minor units as a decimal string, as events and answers carry them (lossless above 2^53). */
export const amountMinorText = z
  .string()
  .regex(/^(0|-?[1-9]\d{0,18})$/, { error: 'a decimal string of minor units expected' })
  .meta({ description: 'Minor units as a decimal string', examples: ['4200'] });

/** The same for amounts that cannot be negative. */
export const nonNegativeAmountMinorText = z
  .string()
  .regex(/^(0|[1-9]\d{0,18})$/, { error: 'a non-negative decimal string of minor units expected' })
  .meta({ description: 'Minor units as a decimal string', examples: ['4200'] });

/** Money in answers. */
export const moneyAnswer = z
  .object({ amountMinor: amountMinorText, currency: anyCurrency })
  .meta({ id: 'Money', examples: [{ amountMinor: '4200', currency: 'EUR' }] });
export type MoneyAnswer = z.infer<typeof moneyAnswer>;
