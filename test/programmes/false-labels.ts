/**
 * How a marketer might label what harms as what earns, and honest goods whose labels look alike.
 * Written without knowledge of the guard's own words.
 */
export type Language = 'English' | 'French' | 'German' | 'Spanish' | 'code';

export type Harm =
  | 'fee'
  | 'penalty'
  | 'interest'
  | 'overdraft'
  | 'gift card'
  | 'prepaid card'
  | 'wire'
  | 'cash advance'
  | 'gambling';

/** Where in a category the label stands. */
export type Field = 'code' | 'name' | 'description' | 'merchantCategoryCodes';

export interface Label {
  language: Language;
  field: Field;
  label: string;
}

export interface FalseLabel extends Label {
  harm: Harm;
}

type Words = Partial<Record<Exclude<Field, 'merchantCategoryCodes'>, readonly string[]>>;

function labels(language: Language, words: Partial<Record<Field, readonly string[]>>): Label[] {
  const fields: Field[] = ['code', 'name', 'description', 'merchantCategoryCodes'];
  return fields.flatMap((field) =>
    (words[field] ?? []).map((label) => ({ language, field, label })),
  );
}

function falseLabels(language: Language, words: Record<Harm, Words>): FalseLabel[] {
  const harms = Object.keys(words) as Harm[];
  return harms.flatMap((harm) =>
    labels(language, words[harm]).map((label) => ({ ...label, harm })),
  );
}

const falseInEnglish = falseLabels('English', {
  fee: {
    code: ['late_fee', 'nsf-fee'],
    name: ['Fees', 'Late fees', 'Account maintenance fee', 'LATE PAYMENT CHARGES'],
    description: ['The fees we bill when a payment bounces'],
  },
  penalty: { code: ['penalty'], name: ['Penalties', 'Penalty charges', 'Parking fines'] },
  interest: {
    code: ['interest_charged'],
    name: ['Credit card interest'],
    description: ['Interest on balances carried over to the next month'],
  },
  overdraft: { code: ['overdraft'], name: ['Unarranged overdrafts'] },
  'gift card': {
    code: ['giftcard', 'gift-cards'],
    name: ['Gift Cards', 'e-gift card', 'Gift vouchers'],
    description: ['Vouchers, gift certificates and more for your friends'],
  },
  'prepaid card': { code: ['prepaid'], name: ['Pre-paid cards', 'Prepaid Visa'] },
  wire: {
    code: ['wire_transfer'],
    name: ['Wire transfers', 'Money transfer'],
    description: ['Wires and money orders to family abroad'],
  },
  'cash advance': { code: ['cash-advance'], name: ['Cash advances'] },
  gambling: {
    code: ['gambling'],
    name: ['Online betting', 'Casino chips', 'Lottery tickets'],
    description: ['Slot machines and sports bets'],
  },
});

const falseInFrench = falseLabels('French', {
  fee: {
    code: ['frais_de_retard'],
    name: ['Frais de retard', 'Frais bancaires'],
    description: ['Les frais de dossier et de rejet de prélèvement'],
  },
  penalty: { name: ['Pénalités de retard', 'Amendes'] },
  interest: { code: ['agios'], name: ['Intérêts', 'Intérêts débiteurs'] },
  overdraft: { code: ['decouvert'], name: ['Découvert bancaire'] },
  'gift card': { code: ['carte_cadeau'], name: ['Cartes cadeaux', 'Chèques-cadeaux'] },
  'prepaid card': { name: ['Carte prépayée'] },
  wire: { name: ['Virements bancaires'] },
  'cash advance': { name: ['Avance d’espèces'] },
  gambling: {
    name: ['Paris sportifs', 'Jeux d’argent', 'Jeux de hasard'],
    description: ['Tickets de loterie et jeux à gratter'],
  },
});

const falseInGerman = falseLabels('German', {
  fee: {
    code: ['mahngebuehr'],
    name: ['Mahngebühren', 'Kontoführungsgebühr'],
    description: ['Gebühren für verspätete Zahlungen'],
  },
  penalty: { name: ['Säumniszuschlag', 'Bußgelder', 'Vertragsstrafe'] },
  interest: { code: ['verzugszinsen'], name: ['Zinsen'] },
  overdraft: { code: ['ueberziehung'], name: ['Überziehungszinsen'] },
  'gift card': { code: ['geschenkkarte'], name: ['Geschenkkarten', 'Geschenkgutscheine'] },
  'prepaid card': { name: ['Prepaidkarten', 'Guthabenkarten'] },
  wire: { name: ['Überweisungen'] },
  'cash advance': { name: ['Barvorschuss', 'Bargeldabhebung'] },
  gambling: {
    code: ['sportwetten'],
    name: ['Glücksspiel', 'Spielautomaten'],
    description: ['Wetten und Lotto am Kiosk'],
  },
});

const falseInSpanish = falseLabels('Spanish', {
  fee: {
    code: ['comision_bancaria'],
    name: ['Comisiones bancarias', 'Recargos por mora'],
    description: ['Cargos por pago atrasado y comisión de mantenimiento'],
  },
  penalty: { code: ['multas'], name: ['Penalizaciones'] },
  interest: { name: ['Intereses', 'Intereses de demora'] },
  overdraft: { code: ['sobregiro'], name: ['Descubierto en cuenta'] },
  'gift card': { code: ['tarjeta_regalo'], name: ['Tarjetas de regalo'] },
  'prepaid card': { name: ['Tarjeta prepago'] },
  wire: { name: ['Transferencias bancarias'] },
  'cash advance': { name: ['Anticipo de efectivo', 'Adelantos en efectivo'] },
  gambling: {
    code: ['apuestas'],
    name: ['Juegos de azar'],
    description: ['Billetes de lotería y apuestas deportivas'],
  },
});

/** Merchant category codes, with what the card schemes mean by them. */
const falseCodes = (
  [
    ['wire', '4829'], // Money transfer.
    ['cash advance', '6010'], // Cash at a bank's counter.
    ['cash advance', '6011'], // Cash at a machine.
    ['cash advance', '6050'], // Quasi-cash at a bank.
    ['cash advance', '6051'], // Quasi-cash elsewhere.
    ['wire', '6538'], // Funding of a transfer between persons.
    ['prepaid card', '6540'], // Loading of stored value.
    ['gambling', '7800'], // State lotteries.
    ['gambling', '7801'], // Licensed online casinos.
    ['gambling', '7802'], // Licensed horse and dog races.
    ['gambling', '7995'], // Betting, casino chips.
    ['penalty', '9222'], // Fines.
    ['gambling', '9406'], // State-owned lotteries.
  ] as const
).map(([harm, label]): FalseLabel => ({
  language: 'code',
  field: 'merchantCategoryCodes',
  harm,
  label,
}));

export const falselyLabelled: readonly FalseLabel[] = [
  ...falseInEnglish,
  ...falseInFrench,
  ...falseInGerman,
  ...falseInSpanish,
  ...falseCodes,
];

/** Each holds, is spelt like or sounds like a word of harm, and is plain goods. */
export const honestlyLabelled: readonly Label[] = [
  ...labels('English', {
    code: ['gift_wrap', 'coffee', 'wireless', 'board-games'],
    name: [
      'Gift wrap',
      'Gifts for gardeners',
      'Coffee',
      'Toffee',
      'Late breakfast',
      'Bird feed',
      'Fine china',
      'Fencing wire',
      'Wireless headphones',
      'Phone chargers',
      'Cashmere and cashews',
      'Greeting cards',
      'Playing cards',
      'Better sleep',
      'Plant stakes',
      'Iron-on transfers',
      'Draught excluders',
      'Books of local interest',
    ],
    description: [
      'Ribbons, cards and paper for gifts of every size',
      'Slotted spoons, slate plates and chocolate',
    ],
  }),
  ...labels('French', {
    code: ['fruits_frais', 'papier-cadeau'],
    name: [
      'Produits frais',
      'Fraises',
      'Papier cadeau',
      'Idées cadeaux',
      'Souvenirs de Paris',
      'Jeux de société',
      'Cartes de vœux',
      'Couverts de table',
      'Amandes grillées',
      'Argenterie',
    ],
    description: ['Le café et le petit déjeuner tardif, avec du pain frais'],
  }),
  ...labels('German', {
    code: ['geschenkpapier'],
    name: [
      'Geschenkideen',
      'Kaffee',
      'Spätes Frühstück',
      'Wetterfeste Möbel',
      'Bettwäsche',
      'Brettspiele',
      'Kartenspiele',
      'Kissenüberzüge',
      'Zinnien und Mahonien',
      'Straffende Pflege',
      'Feen für den Garten',
      'Barhocker',
    ],
    description: ['Glücksklee, Grußkarten und Blumendraht'],
  }),
  ...labels('Spanish', {
    code: ['papel_de_regalo', 'juegos-de-mesa'],
    name: [
      'Regalos de Navidad',
      'Mermelada de mora',
      'Gambas',
      'Girasoles',
      'Cubiertos',
      'Tarjetas de felicitación',
      'Flor de azahar',
      'Hilos multicolor',
      'Casitas de jardín',
    ],
    description: ['Café, desayuno tardío y frutas del día'],
  }),
  ...labels('code', {
    // Garden centres, groceries, restaurants, cinemas, gift and card shops, arcades of video games.
    merchantCategoryCodes: ['5261', '5411', '5812', '7832', '5947', '7994'],
  }),
];
