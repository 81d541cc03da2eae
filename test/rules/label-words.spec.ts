import { labelContradiction } from '../../src/rules/guards/label.js';
import { listed } from '../../src/rules/guards/listing.js';
import { readings, stem } from '../../src/rules/guards/normalise.js';

const read = (text: string) => labelContradiction({ texts: [text], merchantCodes: [] });
const matched = (text: string): string | undefined => read(text)?.matched;

describe('how a text becomes words', () => {
  it.each([
    ['late fee', ['late', 'fee']],
    ['LATE-FEE_2024/x', ['late', 'fee', 'x']],
    ['Gebühr, GEBUEHR; gebuhr', ['gebuhr', '', 'gebuhr', '', 'gebuhr']],
    ['été Straße STRAẞE', ['ete', 'strass', 'strass']],
    ['ægir œuf ÆSIR ŒUVRE', ['agir', 'ouf', 'asir', 'ouvr']],
    ['øl Øl łza Łza ısı đak Đak', ['ol', 'ol', 'lza', 'lza', 'isi', 'dak', 'dak']],
    ['gi\u00adft c\u200bard', ['gift', 'card']],
    ['a,b;c&d+e|f', ['a', '', 'b', '', 'c', '', '', 'e', '', 'f']],
    [',;gift', ['gift']],
    ['a,,b', ['a', '', '', 'b']],
    ['fee of the card', ['fee', 'card']],
    ['retard de la carte', ['retard', 'cart']],
    ['naïve日本', ['naive日本']],
    ['', []],
    ['42', []],
  ])('G1: %s', (text, words) => {
    expect(readings(text)).toEqual([words]);
  });

  it('G1: camelCase is read as it is written, and parted', () => {
    expect(readings('lateFee')).toEqual([['latefe'], ['late', 'fee']]);
    expect(readings('ATMFee')).toEqual([['atmfe'], ['atm', 'fee']]);
    expect(readings('giftCARDBalance')).toEqual([['giftcardbalanc'], ['gift', 'card', 'balanc']]);
    expect(readings('LATE FEE')).toHaveLength(1);
    expect(readings('Late Fee')).toHaveLength(1);
  });
});

const JOINING = ['s', 'd', 'l', 'of', 'the', 'de', 'del', 'du', 'des', 'la', 'le', 'les', 'el'];
const forms: [word: string, form: string][] = [
  ['fees', 'fee'],
  ['fee', 'fee'],
  ['loss', 'loss'],
  ['gas', 'gas'],
  ['agios', 'agio'],
  ['niveaux', 'niveau'],
  ['box', 'box'],
  ['relax', 'relax'],
  ['about', 'about'],
  ['karten', 'kart'],
  ['karte', 'kart'],
  ['agen', 'agen'],
  ['waren', 'waren'],
  ['gutes', 'gut'],
  ['tie', 'tie'],
  ['lotteries', 'lotteri'],
  ['lottery', 'lotteri'],
  ['day', 'day'],
  ['pays', 'pay'],
  ['late', 'late'],
  ['lates', 'lat'],
  ['fine', 'fine'],
  ['fines', 'fine'],
  ['amende', 'amende'],
  ['amendes', 'amende'],
  ['zins', 'zins'],
  ['interes', 'interes'],
  ['devisen', 'devisen'],
  ['devise', 'devis'],
  ['decouverte', 'decouverte'],
  ['decouvertes', 'decouverte'],
  ['decouvert', 'decouvert'],
];

describe('one form of a word', () => {
  it.each(forms)('G1: of "%s" it is "%s"', (word, form) => {
    expect(stem(word)).toBe(form);
  });

  it('G1: of a word that only joins others there is none', () => {
    expect([...JOINING, 'los', 'las'].map(stem)).toEqual([...JOINING, 'los', 'las'].map(() => ''));
  });
});

describe('a list of phrases', () => {
  it('is parted by commas, with single blanks inside', () => {
    expect(listed(' late   fee,\n  gift\n card ,, ')).toEqual(['late fee', 'gift card']);
    expect(listed('')).toEqual([]);
  });
});

describe('what of a label contradicts', () => {
  it('G5: a code before any word, whole and without blanks around it', () => {
    const label = { texts: ['late fee'], merchantCodes: ['5411', ' 7995'] };
    expect(labelContradiction(label)).toEqual({
      ...{ kind: 'harmful', matched: '7995', by: 'merchant_code' },
    });
  });

  it('G1: the first text with a contradiction, in either reading of it', () => {
    const texts = ['Rose', 'giftCard', 'late fee'];
    expect(labelContradiction({ texts, merchantCodes: [] })?.matched).toBe('gift card');
    expect(labelContradiction({ texts: [], merchantCodes: [] })).toBeUndefined();
  });

  it('G1: a phrase with its words apart, together, or partly so', () => {
    const ways = ['over limit fee', 'overlimit fee', 'over limitfee', 'overlimitfee'];
    expect(ways.filter((text) => read(text)?.kind !== 'harmful')).toEqual([]);
    expect(read('gift, card')).toBeUndefined();
    expect(read('gift blue card')).toBeUndefined();
  });

  it('G2: whole words only', () => {
    const honest = ['toffee', 'découverte', 'latest feed', 'regift cardigan', 'Gartenbank'];
    expect(honest.filter((text) => read(text) !== undefined)).toEqual([]);
  });

  it('what must stand alone counts only as the whole text', () => {
    expect(matched('overdue')).toBe('overdue');
    expect([matched('overdue rose'), matched('rose overdue')]).toEqual([undefined, undefined]);
  });

  it('G4: what overlaps an honest phrase at any word, and nothing beside it', () => {
    expect(read('gift card holder')).toBeUndefined();
    expect(read('blue gift card holder green')).toBeUndefined();
    expect(matched('gift card, gift card holder')).toBe('gift card');
    expect(matched('gift card holder, gift card')).toBe('gift card');
    expect(matched('casino royale late fee')).toBe('late fee');
    expect(matched('late fee gift card holder')).toBe('late fee');
    // Of a pair, too: the fine of "fine china" is no charge, that of the arrears is.
    expect(read('late fine china')).toBeUndefined();
    expect(read('charge cable arrived late')).toBeUndefined();
  });

  it('G4: a topic up to two words before an article of its own, or after one', () => {
    expect(matched('casino')).toBe('casino');
    expect(read('casino mug')).toBeUndefined();
    expect(read('casino blue green mug')).toBeUndefined();
    expect(matched('casino blue green red mug')).toBe('casino');
    expect(matched('mug casino')).toBe('casino');
    expect(read('camiseta casino')).toBeUndefined();
    expect(read('camiseta azul verde casino')).toBeUndefined();
    expect(matched('camiseta azul verde rojo casino')).toBe('casino');
    expect(matched('late fee mug')).toBe('late fee');
  });

  it('G3: a charge up to four words from a trouble, in either order and whichever comes first', () => {
    const far = 'one two three';
    expect(matched(`surcharge ${far} arrears`)).toBe('arrears');
    expect(matched(`surcharge ${far} unpaid`)).toBe('unpaid … surcharge');
    expect(matched(`unpaid ${far} surcharge`)).toBe('unpaid … surcharge');
    expect(read(`surcharge ${far} four unpaid`)).toBeUndefined();
    expect(read(`unpaid ${far} four surcharge`)).toBeUndefined();
    expect(read('unpaid')).toBeUndefined();
    expect(read('surcharge')).toBeUndefined();
  });

  it('G3: a vague charge needs a strong trouble, and both one language', () => {
    expect(matched('cost rose unpaid')).toBe('unpaid … cost');
    expect(read('cost rose account')).toBeUndefined();
    expect(matched('surcharge rose account')).toBe('account … surcharge');
    expect(read('surcharge blue verspätet')).toBeUndefined();
    expect(read('Zuschlag blau unpaid')).toBeUndefined();
  });

  it('German compounds by their start or end, and trouble that ends in a charge', () => {
    expect(matched('Bußgeldbescheid')).toBe('Bußgeld');
    expect(matched('Weihnachtslotterie')).toBe('lotterie');
    expect(matched('Auslandsüberweisung')).toBe('überweisung');
    expect(matched('Mahnspesen')).toBe('Mahnspesen');
    expect(matched('Kontopauschale')).toBe('Konto…pauschal');
    expect(read('Kontobuch')).toBeUndefined();
    expect(read('Gartenpauschale')).toBeUndefined();
    expect(read('Geschenkkartenbox')).toBeUndefined();
    expect(read('Geschenkkarten Box')).toBeUndefined();
    expect(matched('Geschenkkartenbox, Bußgeldbescheid')).toBe('Bußgeld');
  });
});
