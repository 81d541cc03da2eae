/** On what terms retailers beside the programme's own take part, and who pays for which points. */

/** Who pays for what no partner does. */
export const OWN = 'own';

export type PartnerKind = 'partner' | 'franchise' | 'agent';

/** Points paid for before they are earned. */
export interface Prepaid {
  /** The shared limit that counts the points of all blocks. */
  block: string;
  /** What becomes of a purchase at the partner for whose points too little is left. */
  whenEmpty: 'refuse' | 'queue';
  /** Points left below which there is an alert. */
  alertBelow: number;
}

export interface PartnerTerms {
  /** Millionths of a minor unit that the partner pays for a point. */
  price: bigint;
  /** Millionths of a minor unit that the partner is paid for a point redeemed at it. */
  redemptionPrice: bigint;
  /** Millionths of the points of purchases at it that it pays for; the rest is the programme's. */
  share: bigint;
  /** Undefined = points are paid for afterwards. */
  prepaid: Prepaid | undefined;
}

export interface Partner {
  /** Code of the retailer. */
  code: string;
  kind: PartnerKind;
  /** Undefined = it pays for nothing. */
  terms: PartnerTerms | undefined;
}

/** Who pays for a part of a rule's points. */
export interface Share {
  /** Code of a partner, or `own`. */
  funder: string;
  /** Millionths. */
  part: bigint;
}

/** What waits of a purchase once a posting is made. */
export interface Waiting {
  /** Number of the purchase. */
  purchase: number;
  /** Code of the partner that has still to pay. */
  partner: string;
  /** When it was bought. */
  since: number;
  /** 0 = nothing any more. */
  billionths: bigint;
}

export interface Partners {
  byCode: ReadonlyMap<string, Partner>;
  /** Of the rules that say who pays, by their place. */
  funders: ReadonlyMap<number, readonly Share[]>;
}

/** Whether points of what is bought at any of them may wait until it has paid. */
export function letsWait({ byCode }: Pick<Partners, 'byCode'>): boolean {
  return [...byCode.values()].some(({ terms }) => terms?.prepaid?.whenEmpty === 'queue');
}

/** The shared limit of a partner's blocks. */
export const blockOf = (partner: string): string => `block/${partner}`;

/** The account of the ledger that a partner's points are issued on. */
export const accountOf = (partner: string): `partner:${string}` => `partner:${partner}`;

/** Codes of the partners that may pay for points of a purchase. */
export function fundersFor({ byCode, funders }: Partners, retailer: string | undefined): string[] {
  if (byCode.size === 0) return [];
  const named = [...funders.values()].flat().map(({ funder }) => funder);
  return [...new Set([...named, ...(retailer === undefined ? [] : [retailer])])];
}

/** Blocks from which the points of a purchase may be drawn. */
export function blocksFor(partners: Partners, retailer: string | undefined): string[] {
  return blocksOf(partners.byCode, fundersFor(partners, retailer));
}

/** Every block there has been in these versions: what is decided again may draw from any. */
export function allBlocks(versions: readonly { partners: Partners }[]): string[] {
  return [
    ...new Set(versions.flatMap(({ partners: { byCode } }) => blocksOf(byCode, byCode.keys()))),
  ];
}

function blocksOf(byCode: Partners['byCode'], codes: Iterable<string>): string[] {
  const blocks = [...codes].flatMap((code) => byCode.get(code)?.terms?.prepaid?.block ?? []);
  return [...new Set(blocks)];
}
