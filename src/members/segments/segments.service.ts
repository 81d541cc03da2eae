import { Inject, Injectable } from '@nestjs/common';
import { bucketOf, BUCKETS, isMemberId } from '../../ledger/address.js';
import { CrowdsQueries } from '../../ledger/crowds/crowds.queries.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { Segment } from '../../rules/segments/segment.js';
import { rowsFor, testsOf } from './crowd.js';
import type { SegmentPage } from './segments.requests.js';

export interface Counted {
  /** Milliseconds since 1970: as of when. */
  at: number;
  version: number;
  /** Active members; undefined = counting took too long. */
  members: number | undefined;
  segments: { segment: Segment; members: number | undefined }[];
}

/** Buckets looked at in one statement. */
const STRETCH = 8;
/** Milliseconds for a pass over all members. */
const COUNTING_MS = 15_000;
/** Milliseconds after which a page ends with the buckets it is in. */
const PAGE_MS = 3_000;
const PAGE = 100;

/** Laws M10 to M12: segments of the version in force, counted and listed as they are now. */
@Injectable()
export class SegmentsService {
  constructor(
    @Inject(CrowdsQueries) private readonly crowds: CrowdsQueries,
    @Inject(LedgerQueries) private readonly ledger: LedgerQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  async counts(): Promise<Counted> {
    const programme = await this.programmes.inForce();
    const at = await this.ledger.now();
    const segments = [...programme.segments.byCode.values()];
    const tests = segments.map((segment) => testsOf(programme, segment, at));
    const end = performance.now() + COUNTING_MS;
    let members = 0;
    const sums = segments.map(() => 0);
    for (let first = 0; first < BUCKETS; first += STRETCH) {
      const left = end - performance.now();
      const rows = rowsFor(programme, segments, { first, last: first + STRETCH - 1 }, at);
      const found = left <= 0 ? undefined : await this.crowds.count(rows, tests, left);
      if (found === undefined) {
        const uncounted = segments.map((segment) => ({ segment, members: undefined }));
        return { at, version: programme.no, members: undefined, segments: uncounted };
      }
      members += found.all;
      found.crowds.forEach((count, place) => (sums[place] = (sums[place] ?? 0) + count));
    }
    const counted = segments.map((segment, place) => ({ segment, members: sums[place] }));
    return { at, version: programme.no, members, segments: counted };
  }

  /** Ids of a segment's members, in the order of buckets; a page may be short before the last. */
  async members(
    code: string,
    { cursor, limit }: SegmentPage,
  ): Promise<{ members: string[]; next: string | undefined }> {
    const programme = await this.programmes.inForce();
    const segment = programme.segments.byCode.get(code);
    if (segment === undefined) throw new DomainError('not_found', 'There is no such segment.');
    const at = await this.ledger.now();
    const most = limit === undefined ? PAGE : Number(limit);
    const end = performance.now() + PAGE_MS;
    const members: string[] = [];
    let { first, after } = placeOf(cursor);
    for (; first < BUCKETS; first += STRETCH, after = undefined) {
      if (performance.now() > end) return { members, next: String(first) };
      const rows = rowsFor(programme, [segment], { first, last: first + STRETCH - 1, after }, at);
      const tests = testsOf(programme, segment, at);
      const found = await this.crowds.list(rows, tests, most - members.length, COUNTING_MS);
      if (found === undefined) throw new DomainError('unavailable', 'Counting took too long.');
      members.push(...found);
      if (members.length === most) return { members, next: members.at(-1) };
    }
    return { members, next: undefined };
  }
}

/** Behind which member, or from which bucket on, a page begins. */
function placeOf(cursor = '0'): { first: number; after: string | undefined } {
  if (isMemberId(cursor)) return { first: bucketOf(cursor), after: cursor };
  if (/^\d{1,2}$/.test(cursor)) return { first: Number(cursor), after: undefined };
  throw new DomainError('invalid_request', 'The cursor is not one of this list.', {}, [
    { pointer: '/cursor', code: 'invalid_cursor', detail: 'Use `next` of the page before.' },
  ]);
}
