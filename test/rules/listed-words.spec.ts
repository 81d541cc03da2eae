import { readFileSync } from 'node:fs';
import { labelContradiction } from '../../src/rules/guards/label.js';

/** Every word with its class, written down apart from the lists so that none is lost unseen. */
interface Listed {
  phrase: string;
  /** The phrase by which it is found. */
  found: string;
}

const classes = new Map<string, Listed[]>();
const [, ...sections] = readFileSync('test/rules/listed-words.txt', 'utf8').split('\n[');
for (const section of sections) {
  const [name = '', ...lines] = section.trimEnd().split('\n');
  const listed = lines.map((line): Listed => {
    const [phrase = '', found = phrase] = line.split(' -> ');
    return { phrase, found };
  });
  classes.set(name.replace(']', ''), listed);
}

const languages = ['English', 'French', 'German', 'Spanish'];
const kinds = ['harmful', 'cash_like'];
const listed = (name: string): string[] => (classes.get(name) ?? []).map(({ phrase }) => phrase);
const read = (text: string) => labelContradiction({ texts: [text], merchantCodes: [] });
const isA = (kind: string, text: string): boolean => read(text)?.kind === kind;

describe.each(languages)('every listed word of %s', (language) => {
  const all = (what: string): string[] => listed(`${language}: ${what}`);

  it.each(kinds)('G1: %s ones are found, alone, among others and joined', (kind) => {
    const name = `${language}: ${kind}`;
    expect(classes.get(name)?.length).toBeGreaterThan(0);
    for (const { phrase, found } of classes.get(name) ?? []) {
      expect([phrase, read(phrase)]).toEqual([phrase, { kind, matched: found, by: 'word' }]);
      for (const text of [`blue ${phrase} green`, phrase.replaceAll(' ', '_')]) {
        expect([text, read(text)?.kind]).toEqual([text, kind]);
      }
    }
  });

  it.each(kinds)('G4: %s topics are found, but not beside an article', (kind) => {
    for (const { phrase: topic, found } of classes.get(`${language}: ${kind} topic`) ?? []) {
      expect([topic, read(topic)]).toEqual([topic, { kind, matched: found, by: 'word' }]);
      const after = all('article after').map((article) => `${topic} ${article}`);
      const before = all('article before').map((article) => `${article} ${topic}`);
      expect([...after, ...before].filter((text) => read(text) !== undefined)).toEqual([]);
    }
  });

  it.each(kinds)('%s ones that must stand alone are found alone', (kind) => {
    for (const { phrase, found } of classes.get(`${language}: ${kind} alone`) ?? []) {
      expect([phrase, read(phrase)]).toEqual([phrase, { kind, matched: found, by: 'word' }]);
    }
  });

  it('G4: honest ones are never found', () => {
    expect(all('honest').length).toBeGreaterThan(0);
    expect(all('honest').filter((phrase) => read(phrase) !== undefined)).toEqual([]);
  });

  it('G3: a charge near any trouble is harmful, a vague one near a strong one', () => {
    const near = (charges: string[], troubles: string[]): string[] =>
      charges.flatMap((charge) => troubles.map((trouble) => `${charge} blue green ${trouble}`));
    const [charges, vague] = [all('charge'), all('vague charge')];
    const [troubles, weak] = [all('trouble'), all('weak trouble')];
    const harmful = [...near(charges, [...troubles, ...weak]), ...near(vague, troubles)];
    expect(harmful.length).toBeGreaterThan(80);
    expect(harmful.filter((text) => !isA('harmful', text))).toEqual([]);
    expect(near(vague, weak).filter((text) => read(text) !== undefined)).toEqual([]);
  });
});

describe('every listed part of a German compound', () => {
  const all = (what: string): string[] => listed(`German: ${what}`);

  it.each(kinds)('%s ones are found at the end of the word they are listed for', (kind) => {
    const words = [
      ...all(`${kind} start`).map((start) => `${start}bescheid`),
      ...all(`${kind} end`).map((end) => `Stadt${end}`),
    ];
    expect(words.length).toBeGreaterThan(20);
    expect(words.filter((word) => !isA(kind, word))).toEqual([]);
  });

  it('a trouble that ends in a charge is harmful', () => {
    const words = [
      ...all('trouble start').map((start) => `${start}gebühr`),
      ...all('charge end').map((end) => `Verspätungs${end}`),
    ];
    expect(words.length).toBeGreaterThan(20);
    expect(words.filter((word) => !isA('harmful', word))).toEqual([]);
  });

  it('G4: goods are never found, whatever they begin with', () => {
    const words = all('honest end').map((end) => `Geschenkkarten${end}`);
    expect(words.length).toBeGreaterThan(5);
    expect(words.filter((word) => read(word) !== undefined)).toEqual([]);
  });
});

describe('every listed merchant code', () => {
  it.each(kinds)('G5: %s ones contradict by themselves', (kind) => {
    const codes = listed(`Merchant codes: ${kind}`);
    expect(codes.length).toBeGreaterThan(5);
    for (const matched of codes) {
      const found = labelContradiction({ texts: ['bread'], merchantCodes: [` ${matched} `] });
      expect(found).toEqual({ kind, matched, by: 'merchant_code' });
    }
  });
});
