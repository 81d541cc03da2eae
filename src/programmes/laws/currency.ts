/**
 * Currencies and the digits of their minor units, after ISO 4217. The runtime's own figures follow
 * everyday usage instead (it writes forints and Iraqi dinars without digits), and change with its
 * version; tills send, and history was decided on, the digits of the standard.
 */

const digitsUnlessTwo: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'
    .split(' ')
    .map((code) => [code, 0] as const),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3] as const),
]);

/** Money among the codes of supranational units, funds and metals. */
const spendable = ['XAF', 'XCD', 'XCG', 'XOF', 'XPF'];

const known: ReadonlySet<string> = new Set(
  Intl.supportedValuesOf('currency').filter(
    (code) => !code.startsWith('X') || spendable.includes(code),
  ),
);

/** Digits of the minor unit, 0 to 3: 2 for GBP, 0 for JPY; undefined for what is no currency. */
export function currencyDigits(code: string): number | undefined {
  return known.has(code) ? (digitsUnlessTwo[code] ?? 2) : undefined;
}
