import { memberColumns } from '../../ledger/address.js';
import type { FactReader, MemberKey, Tx } from '../../ledger/command.js';
import type { MemberOffers, Pause } from '../../rules/offers/member-offers.js';
import { asksOfMember } from '../../rules/offers/standing.js';
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
    const pauses = rows.filter(({ member_id }) => member_id === null).map(toPause);
    return new Map(
      members.map(({ memberId }): [string, { offers: MemberOffers }] => {
        const own = rows.filter(({ member_id }) => member_id === memberId);
        const activated = new Map(own.map(({ offer, since }) => [offer, since.getTime()]));
        return [memberId, { offers: { activated, pauses } }];
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
  return [running.some(asksOfMember) ? withActivations : pausesAlone];
}
