/**
 * Ids of events. That of a posting's event says which one it is, so that it can be sent again years
 * later; receivers take an id as what it is, opaque, and the same however often it comes.
 */
import { isMemberId, type RowAddress } from '../ledger/address.js';

/** One event of a member's posting, or number 0 of the member: the enrolment. */
export interface EventAddress extends RowAddress {
  n: number;
}

const BYTES = 21;
const SEQ_MAX = 2_147_483_647;

/** `evt_...`, 32 characters. */
export function eventId({ memberId, seq, n }: EventAddress): string {
  const bytes = Buffer.alloc(BYTES);
  bytes.write(memberId.replaceAll('-', ''), 'hex');
  bytes.writeUInt32BE(seq, 16);
  bytes.writeUInt8(n, 20);
  return `evt_${bytes.toString('base64url')}`;
}

/** The event that an id names, or undefined when it is none of a posting. */
export function parseEventId(id: string): EventAddress | undefined {
  const bytes = Buffer.from(id.slice('evt_'.length), 'base64url');
  if (bytes.length !== BYTES) return undefined;
  const hex = bytes.toString('hex', 0, 16);
  const parts = [0, 8, 12, 16, 20].map((from, index, all) => hex.slice(from, all[index + 1] ?? 32));
  const address = {
    memberId: parts.join('-'),
    seq: bytes.readUInt32BE(16),
    n: bytes.readUInt8(20),
  };
  const isOurs = isMemberId(address.memberId) && address.seq <= SEQ_MAX && eventId(address) === id;
  return isOurs ? address : undefined;
}

/** The id of what happened to the programme, such as `version/3`. */
export const announcementEventId = (id: string): string =>
  `evp_${Buffer.from(id).toString('base64url')}`;

/** What an id of that kind names, or undefined when it is of another kind. */
export function parseAnnouncementEventId(event: string): string | undefined {
  const id = Buffer.from(event.slice('evp_'.length), 'base64url').toString();
  return announcementEventId(id) === event ? id : undefined;
}
