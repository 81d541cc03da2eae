import type { INestApplicationContext } from '@nestjs/common';
import type pg from 'pg';
import { systemCaller } from '../../src/access/caller.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ClockService } from '../../src/clock/clock.service.js';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { LedgerService } from '../../src/ledger/ledger.service.js';
import { MembersService } from '../../src/members/members.service.js';
import { ReviewsService } from '../../src/tiers/reviews.service.js';

const DAY_MS = 86_400_000;
const HALF_DAY_MS = DAY_MS / 2;

/** What some members live through, in days from the first of them on. */
export interface Course {
  /** So many members; they enrol one after the other, evenly over so many days. */
  lives: number;
  enrolDays: number;
  /** So many purchases each, evenly between two days, in minor units: a lot each. */
  purchases: number;
  buyFrom: number;
  buyUntil: number;
  amounts: readonly number[];
  /** From this day on they are told which of their points go, every day. */
  tellFrom: number;
  /** The last day: reviews that are due by then are posted. */
  until: number;
}

/** Places that are spread evenly however many there are of them, 0 to 1. */
const spread = (index: number): number => (index * 0.618_033_988_75) % 1;

interface Doing {
  day: number;
  do: () => Promise<unknown>;
}

/**
 * Has members enrol and buy as they do, the engine deciding each purchase on its day: the clock is
 * moved from one to the next. Their purchases leave no content, key or reference behind, so that the
 * rows of one member say nothing that those of another may not. Returns their ids.
 */
export async function live(engine: INestApplicationContext, course: Course): Promise<string[]> {
  const clock = engine.get(ClockService);
  const { now } = await clock.read();
  const start = Math.ceil(now / DAY_MS) * DAY_MS + HALF_DAY_MS;
  const ids: string[] = [];
  const reviews = engine.get(ReviewsService);
  const by = { caller: 'fealty', actor: 'job/tier-reviews', requestId: 'population' };
  const doings = [
    ...enrolments(engine, course, ids),
    ...purchases(engine, course, { ids, start }),
    ...notices(engine, course),
    {
      day: course.until,
      do: () => Promise.all(ids.map(async (id) => reviews.review(id, by))),
    },
  ].sort((a, b) => a.day - b.day);
  let today = -1;
  for (const doing of doings) {
    if (doing.day > today) {
      today = doing.day;
      await clock.moveTo(start + today * DAY_MS, 'population');
    }
    await doing.do();
  }
  return ids;
}

function notices(engine: INestApplicationContext, { tellFrom, until }: Course): Doing[] {
  const desk = engine.get(JobDesk);
  return Array.from({ length: until - tellFrom + 1 }, (_, nth) => ({
    day: tellFrom + nth,
    do: () => desk.runThrough('expiry-notices', undefined, 'population'),
  }));
}

/** Everybody has been told of what there is a notice of, as a mail server says that took them all. */
export async function tellAll(admin: pg.Client): Promise<void> {
  await admin.query(
    `UPDATE notices SET state = 'told', channel = 'email', tries = tries + 1, evidence = 'email',
            evidence_at = made_at WHERE evidence IS NULL`,
  );
}

function enrolments(engine: INestApplicationContext, course: Course, ids: string[]): Doing[] {
  const members = engine.get(MembersService);
  const consent = {
    textVersion: 'terms-1',
    act: 'ticked_box',
    channel: 'web',
    at: '2026-01-01T00:00:00Z',
  } as const;
  return Array.from({ length: course.lives }, (_, index) => ({
    day: Math.floor((index * course.enrolDays) / course.lives),
    do: async () => {
      ids[index] = (await members.enrol({ consent }, 'bench')).id;
    },
  }));
}

function purchases(
  engine: INestApplicationContext,
  { lives, purchases: each, buyFrom, buyUntil, amounts }: Course,
  { ids, start }: { ids: readonly string[]; start: number },
): Doing[] {
  const accrual = engine.get(AccrualService);
  const ledger = engine.get(LedgerService);
  const caller = systemCaller('bench', 'key/bench');
  return Array.from({ length: lives * each }, (_, place) => {
    const [index, nth] = [Math.floor(place / each), place % each];
    const day = buyFrom + Math.floor(((nth + spread(index)) * (buyUntil - buyFrom)) / each);
    const amount = amounts[place % amounts.length] ?? 0;
    return {
      day,
      do: async () => {
        const purchase = {
          reference: 'population',
          occurredAt: new Date(start + day * DAY_MS).toISOString(),
          total: { amount, currency: 'GBP' },
          lines: [{ category: 'home', quantity: 1, amount }],
        };
        const made = accrual.command(purchase, ids[index] ?? '', {
          caller,
          requestId: 'population',
        });
        await ledger.submit(made);
      },
    };
  });
}
