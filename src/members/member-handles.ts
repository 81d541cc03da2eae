/**
 * How a member is looked up: by the HMAC of a normalised card number, e-mail address or phone
 * number under a server key, so that a copy of the directory cannot be searched without the key.
 */
import { createHmac, randomInt } from 'node:crypto';

export type HandleKind = 'card' | 'email' | 'phone';

/** E-mails in lower case, cards and phones without spaces and punctuation. */
export function normalise(kind: HandleKind, value: string): string {
  const text = value.normalize('NFKC').trim();
  return kind === 'email' ? text.toLowerCase() : text.replace(/[\s().\-/]/g, '').toUpperCase();
}

/** Hex HMAC-SHA-256 of a normalised handle. */
export function handleHmac(secret: string, kind: HandleKind, value: string): string {
  return createHmac('sha256', secret)
    .update(`${kind}:${normalise(kind, value)}`)
    .digest('hex');
}

/** A random 16-digit card number whose last digit is its Luhn check digit. */
export function newCardNumber(): string {
  const digits = Array.from({ length: 15 }, (_, place) => randomInt(place === 0 ? 1 : 0, 10));
  return [...digits, luhnDigit(digits)].join('');
}

/** The digit that makes a number pass the Luhn check (ISO/IEC 7812-1, annex B). */
export function luhnDigit(digits: readonly number[]): number {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = place % 2 === 0 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return (10 - (sum % 10)) % 10;
}
