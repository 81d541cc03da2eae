import { checkDocument } from '../../src/programmes/check.js';
import type { Category } from '../../src/programmes/document.js';
import { act } from '../../src/rules/act.js';
import type { Purchase, PurchaseLine } from '../../src/rules/purchase.js';
import type { ExplanationItem } from '../../src/rules/explanation.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { noVersions } from '../support/state.js';
import { falselyLabelled, honestlyLabelled, type Label } from './false-labels.js';

const noon = Date.UTC(2026, 4, 4, 12);
const programme = aProgramme();

const member: MemberState = {
  memberId: 'm1',
  status: 'active',
  enrolledAt: 0,
  version: 0,
  changesAt: null,
  newestAt: null,
  heardAt: null,
  lots: [],
  redemptions: [],
  counters: new Map(),
  points: 0,
  held: 0,
  owed: 0,
  pending: 0,
  qualifying: 0n,
  remainder: 0n,
  tier: 'blue',
};

/** An earning category that says nothing, but for one field that carries the label. */
function categoryWith({ field, label }: Label): Category {
  const quiet: Category = {
    code: 'sundries',
    name: 'Sundries',
    treatment: 'earns',
    desired: 'neutral',
    merchantCategoryCodes: [],
  };
  return { ...quiet, [field]: field === 'merchantCategoryCodes' ? [label] : label };
}

function faultsOf(label: Label): readonly { pointer: string; code: string; detail: string }[] {
  const document = aProgrammeDocument();
  document.categories.unshift(categoryWith(label));
  const checked = checkDocument(document);
  return 'faults' in checked ? checked.faults : [];
}

function pointerTo({ field }: Label): string {
  return `/categories/0/${field === 'merchantCategoryCodes' ? `${field}/0` : field}`;
}

/** Small letters without accents or -ies, so that a reason may spell a label in its own way. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/([aou])e/g, '$1')
    .replaceAll(/ies\b/g, 'y')
    .replaceAll(/[^a-z0-9]+/g, ' ');
}

/** Whether what was matched is in the label: each of its longer words, in singular at least. */
function isIn(label: string, matched: string): boolean {
  const whole = plain(label).replaceAll(' ', '');
  const words = plain(matched)
    .split(' ')
    .filter((word) => word.length > 2);
  return words.length > 0 && words.every((word) => whole.includes(word));
}

/** Whether a reason names in quotation marks what it found in the label. */
function names(detail: string, label: string): boolean {
  return [...detail.matchAll(/"([^"]+)"/g)].some(([, quoted]) => isIn(label, quoted ?? ''));
}

/** A line of plants, 100.00 in an earning category, but for what carries the label. */
function lineWith({ field, label }: Label): PurchaseLine {
  const line = { category: 'garden', quantity: 1, amount: 10_000, tax: 0 };
  switch (field) {
    case 'code':
      return { ...line, sku: label.toUpperCase() };
    case 'merchantCategoryCodes':
      return { ...line, merchantCategoryCode: label };
    case 'name':
    case 'description':
      return { ...line, description: label };
  }
}

function accrued(
  lines: readonly PurchaseLine[],
  merchantCategoryCode?: Purchase['merchantCategoryCode'],
): PostingDraft {
  const { postings } = act(
    programme,
    { members: [member] },
    {
      kind: 'accrue',
      at: noon,
      occurredAt: noon,
      purchase: { lines, tenders: [], merchantCategoryCode },
      versions: noVersions,
    },
  );
  const [posting] = postings;
  if (posting?.kind !== 'accrue') throw new Error('the purchase was not accrued');
  return posting;
}

function itemsOf({ explanation }: PostingDraft, line: number): ExplanationItem[] {
  return explanation.filter((item) => item[1] === line);
}

const plants: PurchaseLine = { category: 'garden', quantity: 1, amount: 10_000, tax: 0 };
const isCode = ({ field }: Label): boolean => field === 'merchantCategoryCodes';

describe('The table of labels', () => {
  it('has at least 60 false labels and 40 honest look-alikes, none of them twice', () => {
    const all = [...falselyLabelled, ...honestlyLabelled].map(
      ({ field, label }) => `${field} ${label}`,
    );
    expect(falselyLabelled.length).toBeGreaterThanOrEqual(60);
    expect(honestlyLabelled.length).toBeGreaterThanOrEqual(40);
    expect(new Set(all).size).toBe(all.length);
  });

  it.each(['English', 'French', 'German', 'Spanish'] as const)(
    'has every kind of harm and every field of words in %s',
    (language) => {
      const ours = falselyLabelled.filter((label) => label.language === language);
      expect(new Set(ours.map(({ harm }) => harm)).size).toBe(9);
      expect(new Set(ours.map(({ field }) => field))).toEqual(
        new Set(['code', 'name', 'description']),
      );
    },
  );
});

describe('Publishing', () => {
  it.each(falselyLabelled)(
    'refuses an earning category whose $field says "$label", $harm in $language',
    (label) => {
      const faults = faultsOf(label);
      expect(faults).not.toEqual([]);
      for (const { pointer, code, detail } of faults) {
        expect({ pointer, code }).toEqual({
          pointer: pointerTo(label),
          code: 'label_contradicted',
        });
        expect({ detail, named: names(detail, label.label) }).toEqual({ detail, named: true });
      }
    },
  );

  it.each(honestlyLabelled)(
    'accepts an earning category whose $field honestly says "$label" in $language',
    (label) => {
      expect(faultsOf(label)).toEqual([]);
    },
  );
});

describe('A purchase line under an earning category', () => {
  it.each(falselyLabelled)('gets nothing for "$label" and says why', (label) => {
    const posting = accrued([lineWith(label)]);
    expect(itemsOf(posting, 0)).toEqual([[-2, 0, 'label_contradicted', '0', expect.anything()]]);
    expect(isIn(label.label, String(itemsOf(posting, 0)[0]?.[4]))).toBe(true);
    expect(posting).toMatchObject({ billionths: 0n, opened: [], entries: [] });
  });

  it.each(honestlyLabelled)('earns for "$label" as for any plants', (label) => {
    expect(accrued([lineWith(label)])).toEqual(accrued([plants]));
    expect(accrued([plants]).billionths).toBeGreaterThan(0n);
  });

  it.each(falselyLabelled)('takes nothing from the plants beside "$label"', (label) => {
    const posting = accrued([lineWith(label), plants]);
    expect(posting.billionths).toBe(accrued([plants]).billionths);
    expect(itemsOf(posting, 1)).toContainEqual([
      1,
      1,
      'category_rate_applied',
      '200000000000',
      10_000,
    ]);
  });
});

describe('A purchase with a merchant category code of its own', () => {
  it.each(falselyLabelled.filter(isCode))(
    'gets nothing on any of its lines under $label, $harm',
    ({ label }) => {
      const posting = accrued([plants, plants], label);
      expect(itemsOf(posting, 0)).toEqual([[-2, 0, 'label_contradicted', '0', label]]);
      expect(itemsOf(posting, 1)).toEqual([[-2, 1, 'label_contradicted', '0', label]]);
      expect(posting.billionths).toBe(0n);
    },
  );

  it.each(honestlyLabelled.filter(isCode))('earns under the honest $label', ({ label }) => {
    expect(accrued([plants], label)).toEqual(accrued([plants]));
  });
});
