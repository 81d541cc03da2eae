import {
  dayAfter,
  dayOf,
  hashOfHead,
  isDay,
  isSigned,
  NO_HEAD,
  publicKeyOf,
  signHead,
  startOfDay,
  statementOf,
} from '../../src/ledger/proof/head.js';
import {
  dayOfFile,
  fileNameOf,
  parseHeads,
  renderHeads,
} from '../../src/ledger/proof/heads-file.js';
import { parseSigningKey } from '../../src/platform/config/signing-key.js';

/** The key of the first test of RFC 8032: it signs the same text in the same way for ever. */
const KEY = 'MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g';
const DAY = '2026-11-27';
const content = { bucket: 7, day: DAY, root: 'ab'.repeat(32), previous: NO_HEAD, members: 3 };

function aHead(): ReturnType<typeof signHead> {
  const key = parseSigningKey(KEY);
  if (key === undefined) throw new Error('This is no key.');
  return signHead(content, key);
}

describe('a daily head', () => {
  it('L9: is the statement that docs/proof.md describes, line by line', () => {
    const lines = ['fealty daily head 1', '7', DAY, '3', 'ab'.repeat(32), '0'.repeat(64)];
    expect(statementOf(content)).toBe(lines.map((line) => `${line}\n`).join(''));
    expect(hashOfHead(content)).toBe(
      '31dbdff0144fb1f6eaa7de2089057a7354d5d97cb52ea63bbc12b452d1d2b718',
    );
  });

  it('L9: is signed by the key it names, and no other text is', () => {
    const head = aHead();
    expect(head).toEqual({
      ...content,
      publicKey: 'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
      signature:
        'l6d6Nzj9Et87LCwzNQ88+3YoeJnteb67h40eWhUve54eEyyCPJ9Q9l169DBJ2hXIs7Ty963cjQMLArpKwv+UDA==',
    });
    expect(isSigned(head)).toBe(true);
    const others = [
      { bucket: 8 },
      { day: '2026-11-28' },
      { members: 4 },
      { root: NO_HEAD },
      { previous: 'ab'.repeat(32) },
      { publicKey: 'AAAA' },
      { signature: '' },
    ];
    for (const other of others) expect(isSigned({ ...head, ...other })).toBe(false);
  });

  it('L9: names its key as DER in base64', () => {
    const key = parseSigningKey(KEY);
    expect(key === undefined ? undefined : publicKeyOf(key)).toBe(
      'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
    );
  });

  it('L9: is of a UTC day, whatever zone a programme has', () => {
    expect(dayOf(Date.parse('2026-03-29T23:59:59.999Z'))).toBe('2026-03-29');
    expect(startOfDay('2026-03-30')).toBe(Date.UTC(2026, 2, 30));
    expect([dayAfter('2028-02-28'), dayAfter('2027-01-01', -1)]).toEqual([
      '2028-02-29',
      '2026-12-31',
    ]);
  });

  it('L9: is of a day there is, written in full', () => {
    expect(['1970-01-01', '2028-02-29', DAY].filter((text) => !isDay(text))).toEqual([]);
    const none = ['2026-02-29', '2026-1-1', 'today', '1969-12-31', '', `${DAY}Z`, `+${DAY}`];
    expect([...none, '12026-01-01', '2026-01-011', '2026-13-01'].filter(isDay)).toEqual([]);
  });
});

describe('a file of heads', () => {
  const text = renderHeads(DAY, [aHead(), { ...aHead(), bucket: 8 }]);

  it('L9: is named after its day', () => {
    expect(fileNameOf(DAY)).toBe(`heads-${DAY}.json`);
    expect(dayOfFile(`heads-${DAY}.json`)).toBe(DAY);
    const others = ['', DAY, `heads-${DAY}.json.tmp`, `old-heads-${DAY}.json`, 'heads-today.json'];
    expect(others.map(dayOfFile)).toEqual(others.map(() => undefined));
    expect([`heads-${DAY}xjson`, 'heads-2026-02-30.json'].map(dayOfFile)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('L9: has one head a line, behind what they have in common', () => {
    const { bucket: _bucket, day: _day, publicKey, ...rest } = aHead();
    const line = (bucket: number): string => {
      const { members, root, previous, signature } = rest;
      return JSON.stringify({ bucket, members, root, previous, signature });
    };
    const lines = [
      '{"format":"fealty daily heads 1",',
      `"day":"${DAY}",`,
      `"publicKey":"${publicKey}",`,
      '"heads":[',
      `${line(7)},`,
      line(8),
      ']}',
      '',
    ];
    expect(text.split('\n')).toEqual(lines);
    const none: unknown = JSON.parse(renderHeads(DAY, []));
    expect(none).toEqual({ format: 'fealty daily heads 1', day: DAY, publicKey: '', heads: [] });
  });

  it('L9: is read as it was written', () => {
    expect(parseHeads('mine.json', text)).toEqual([
      { where: 'mine.json', head: aHead() },
      { where: 'mine.json', head: { ...aHead(), bucket: 8 } },
    ]);
  });

  it('L9: is refused when it is of another format, of no day, or has no heads', () => {
    const file = JSON.parse(text) as Record<string, unknown>;
    const others = [
      { format: 'fealty daily heads 2' },
      { day: '2026-02-30' },
      { day: 20261127 },
      { day: undefined },
      { heads: {} },
    ];
    for (const other of others) {
      const changed = JSON.stringify({ ...file, ...other });
      expect(() => parseHeads('mine.json', changed)).toThrow(
        'mine.json is not a file of fealty daily heads 1.',
      );
    }
  });
});
