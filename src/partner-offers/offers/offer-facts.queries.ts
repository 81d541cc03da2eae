import { memberColumns } from '../../ledger/address.js';
import type { FactReader, MemberKey, Tx } from '../../ledger/command.js';
import { groupFacts } from '../../members/signals/signals.queries.js';
import { asksGroups } from '../../rules/offers/groups.js';
import type { MemberOffers, Pause } from '../../rules/offers/member-offers.js';
import { asksOfMember, isForList } from '../../rules/offers/standing.js';
import { isRunning } from '../../rules/offers/offer.js';
import { dayOfLuck, isLucky, isSurprise, type Luck } from '../../rules/offers/surprise.js';
import type { Programme } from '../../rules/programme.js';
import type { MemberState } from '../../rules/state.js';

interface Row {
  member_id: string | null;
  offer: string;
  since: Date;
  until: Date | null;
}

/**
 * What is known of members' offers, and every pause, read together: a pause counts for whatever is
 * decided after it, on every server.
 */
const reading = (activations: boolean): FactReader => ({
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<Row>({
      name: activations ? 'offers-of-members' : 'offer-pauses',
      text: `SELECT NULL::uuid AS member_id, offer, paused_at AS since, resumed_at AS until
               FROM offer_pauses${
                 activations
                   ? ` UNION ALL
             SELECT a.member_id, a.offer, a.activated_at, NULL
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN offer_activations a ON a.bucket = u.bucket AND a.member_id = u.member_id`
                   : ''
               }`,
      values: activations ? memberColumns(members) : [],
    });
    const offerPauses = rows.filter(({ member_id }) => member_id === null).map(toPause);
    return new Map(
      members.map(({ memberId }): [string, MemberOffers] => {
        // Another event of the same batch may ask for activations, and keeps what it has read.
        if (!activations) return [memberId, { offerPauses }];
        const own = rows.filter(({ member_id }) => member_id === memberId);
        const activated = new Map(own.map(({ offer, since }) => [offer, since.getTime()]));
        return [memberId, { activated, offerPauses }];
      }),
    );
  },
});

const toPause = ({ offer, since, until }: Row): Pause => ({
  offer,
  from: since.getTime(),
  until: until === null ? null : until.getTime(),
});

const pausesAlone = reading(false);
const withActivations = reading(true);

/** Which lists members are on, as the last complete upload of each says. */
const lists: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<{ member_id: string; list: string }>({
      name: 'lists-of-members',
      text: `SELECT m.member_id, m.list
               FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
               JOIN offer_list_members m ON m.bucket = u.bucket AND m.member_id = u.member_id
               JOIN offer_lists l ON l.list = m.list AND l.upload = m.upload
                                  AND l.members IS NOT NULL`,
      values: memberColumns(members),
    });
    return new Map(
      members.map(({ memberId }): [string, MemberOffers] => {
        const own = rows.filter(({ member_id }) => member_id === memberId);
        return [memberId, { lists: new Set(own.map(({ list }) => list)) }];
      }),
    );
  },
};

/**
 * What deciding an event reads of offers: nothing where none runs then. A surprise is one where luck
 * has it that day, so that on all other days it costs nothing.
 */
export function offerFactsFor(
  programme: Pick<Programme, 'offers' | 'timeZone'> | undefined,
  occurredAt: number,
  luck?: Luck,
): FactReader[] {
  if (programme === undefined) return [];
  const running = [...programme.offers.values()].filter((offer) => {
    if (!isRunning(offer, occurredAt)) return false;
    if (!isSurprise(offer)) return true;
    const { timeZone } = programme;
    return luck !== undefined && isLucky(offer, { luck, day: dayOfLuck(timeZone, occurredAt) });
  });
  if (running.length === 0) return [];
  return [
    running.some(asksOfMember) ? withActivations : pausesAlone,
    ...(running.some(({ asks }) => isForList(asks)) ? [lists] : []),
    ...(running.some(asksGroups) ? [groupFacts] : []),
  ];
}
