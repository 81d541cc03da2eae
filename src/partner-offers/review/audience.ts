/** For whom an offer is, as what rows of members and their accounts have to say. */
import type { CrowdTests, MemberRows } from '../../ledger/crowds/crowds.queries.js';
import { BUCKETS } from '../../ledger/address.js';
import { rowsFor, testsOf } from '../../members/segments/crowd.js';
import type { Audience } from '../../rules/offers/review.js';
import type { Programme } from '../../rules/programme.js';
import type { Segment } from '../../rules/segments/segment.js';

/**
 * Active members, and the crowds whose members it is for. Of segments the days before `at` count, the
 * first day of the offer: what members did because of it brings nobody in or out. Tiers, personas and
 * lists are as they are now.
 */
export function audienceOf(
  programme: Programme,
  audience: Audience,
  at: number,
): { rows: MemberRows; crowds: CrowdTests } {
  const segments = segmentsOf(programme, audience);
  const rows = rowsFor(programme, segments, { first: 0, last: BUCKETS - 1 }, at);
  const crowds = segments.map((segment) => testsOf(programme, segment, at));
  if (audience.kind !== 'lists') return { rows, crowds };
  const lists = rows.parameters.add(audience.lists);
  const text = `SELECT o.bucket, o.member_id, EXISTS (
      SELECT FROM offer_list_members i
        JOIN offer_lists l ON l.list = i.list AND l.upload = i.upload AND l.members IS NOT NULL
       WHERE i.bucket = o.bucket AND i.member_id = o.member_id AND i.list = ANY (${lists}::text[])
    ) AS f0 FROM (${rows.text}) o`;
  return { rows: { ...rows, text }, crowds };
}

/** A member of any of these; one of no criteria has them all. */
function segmentsOf({ segments }: Programme, audience: Audience): Segment[] {
  const made = (all: Segment['all']): Segment => ({ code: '', name: '', all });
  switch (audience.kind) {
    case 'all':
    case 'lists':
      return [made([])];
    case 'tiers':
      return [made([{ kind: 'tier', tiers: audience.tiers }])];
    case 'personas':
      return [made([{ kind: 'persona', personas: audience.personas }])];
    case 'segments':
      return audience.segments.flatMap((code) => segments.byCode.get(code) ?? []);
  }
}
