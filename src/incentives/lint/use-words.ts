/** What is used up by the meter, in four languages: using more of it is nobody's gain. */
const USES: ReadonlySet<string> = new Set(
  [
    'electricity electric power kwh kilowatt gas heating water utility utilities energy',
    'strom elektrizität stromverbrauch gas erdgas heizung wasser energie fernwärme',
    'électricité electricite gaz chauffage eau énergie energie',
    'electricidad gas calefacción calefaccion agua energía energia',
  ].flatMap((words) => words.split(' ')),
);

/** Goods that the words are about only: a power drill uses no power by the meter. */
const GOODS: ReadonlySet<string> = new Set(
  [
    'tools tool drill drinks drink bottle bottles bottled mineral sparkling toothbrush kettle bars bar',
    'heater heaters grill grills stove stoves guitar guitars bikes bike cars car garden station stations',
    'werkzeug werkzeuge mineral flasche flaschen grill herd bouteille bouteilles minérale embotellada',
  ].flatMap((words) => words.split(' ')),
);

/** Utilities: electric, gas, sanitary, water. */
export const USE_MERCHANT_CODES: ReadonlySet<string> = new Set(['4900']);

/** Whether a text speaks of something that is used up by the meter. */
export function isUse(text: string): boolean {
  const words = text
    .toLowerCase()
    .normalize('NFC')
    .split(/[^\p{L}\p{N}]+/u);
  return words.some((word) => USES.has(word)) && !words.some((word) => GOODS.has(word));
}
