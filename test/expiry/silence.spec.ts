import { systemCaller } from '../../src/access/caller.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ExpiryNoticesQueries, undated } from '../../src/events/notices/expiry-notices.queries.js';
import { News } from '../../src/events/notices/news.service.js';
import { ExpiryService } from '../../src/expiry/expiry.service.js';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { BUCKETS } from '../../src/ledger/address.js';
import { memberFacts } from '../../src/members/member-facts.queries.js';
import { act } from '../../src/rules/act.js';
import { adjustmentLimits } from '../../src/rules/actions/adjustment-limits.js';
import { PresenceQueries } from '../../src/members/presence/presence.queries.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { StatementsService } from '../../src/statements/statements.service.js';
import { DataSource } from 'typeorm';
import { endOfDayAfterMonths } from '../../src/rules/period.js';
import { runJob, runJobs } from '../jobs/running.js';
import { command, hold, startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { apiProgramme } from '../support/server.js';
import { buy, FIRST, moveTo, postedOf, soundness, startTelling } from './telling.js';

const expiry = (months: number): ProgrammeDocument['expiry'] => ({
  kind: 'inactivity',
  months,
  notices: { daysBefore: [60, 7] },
});
const parts = (of: ProgrammeDocument['expiry']): Partial<ProgrammeDocument> => ({
  expiry: of,
  lateEvents: { windowDays: 400, older: 'flag' },
  returnWindowDays: 0,
});

let engine: Engine;
let other: Engine;
beforeAll(async () => {
  engine = await startTelling(undefined, parts(expiry(12)));
  other = await startEngine({ TEST_CLOCK: 'on' }, engine.database);
});
afterAll(async () => {
  expect(await soundness(engine)).toEqual([[], []]);
  await other.close();
  await engine.close();
});

const now = { at: FIRST };
/** Days pass; the programme's clock never goes back. */
async function pass(until: number): Promise<void> {
  now.at = Math.max(now.at, until);
  await moveTo(engine, now.at);
}

const zone = apiProgramme().identity.timeZone;
const dateAfter = (act: number, months = 12): number => endOfDayAfterMonths(zone, act, months);
const iso = (at: number): string => new Date(at).toISOString();
/** The clock went on a little meanwhile. */
const about = (at: number): unknown => expect.stringContaining(iso(at).slice(0, 14));
const tell = (): Promise<number> => runJob(engine, 'expiry-notices');
const go = (): Promise<number> => runJob(engine, 'point-expiry');
const shown = (member: string, date: number): Promise<void> =>
  engine.context.get(ExpiryNoticesQueries).shown(member, [date]);
const balanceOf = (member: string) => engine.context.get(StatementsService).balance(member, {});
const noticesOf = (member: string) =>
  engine.rows<{ subject: string; state: string; text: string; facts: Record<string, unknown> }>(
    `SELECT subject, state, about->>'text' AS text, about->'facts' AS facts
       FROM notices WHERE member_id = $1 ORDER BY number`,
    [member],
  );
const foreseen = async (job: string, member: string, asOf?: number) => {
  const found = [];
  let cursor: string | undefined;
  do {
    const page = await engine.context.get(JobDesk).foresee(job, asOf, { cursor, limit: 100 });
    found.push(...page.items.filter(({ memberId }) => memberId === member));
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
};

async function withPoints(): Promise<{ member: string; date: number; bought: number }> {
  const member = await engine.enrol();
  const bought = now.at;
  await buy(engine, member, bought);
  return { member, bought, date: dateAfter(bought) };
}

describe('points that go by silence', () => {
  it('Y8: members are told the date, with what moves it; their balance shows it; it goes once', async () => {
    const { member, date, bought } = await withPoints();
    expect(await balanceOf(member)).toMatchObject({
      ...{ nextExpiry: [{ at: iso(date), points: 100 }], pastExpiry: [] },
    });
    await pass(date - 61.5 * DAY_MS);
    expect(await tell()).toBe(0);
    await pass(date - 60.5 * DAY_MS);
    expect(await foreseen('expiry-notices', member)).toMatchObject([
      { what: 'notice', details: { points: 100, daysBefore: 60 } },
    ]);
    expect([await tell(), await tell()]).toEqual([1, 0]);
    expect(await noticesOf(member)).toMatchObject([
      {
        subject: `${iso(date)}/silence/60`,
        text: expect.stringMatching(
          /^We have not heard of you since .* is the last day of 100 points\. Buy something,/,
        ) as string,
        facts: { points: 100, expiresAt: iso(date), silentSince: about(bought) },
      },
    ]);
    await shown(member, date);
    expect(await foreseen('point-expiry', member, date)).toMatchObject([
      { what: 'expire', dueAt: date, details: { evidence: 'shown', silentSince: about(bought) } },
    ]);
    await pass(date - 7.5 * DAY_MS);
    expect(await tell()).toBe(1);
    expect(await go()).toBe(0);
    await pass(date);
    expect(await runJobs([engine, other], 'point-expiry')).toBe(1);
    expect([await go(), await go()]).toEqual([0, 0]);
    expect(await postedOf(engine, member)).toMatchObject([
      { at: new Date(date), why: [-2, -1, 'expired', '0', 'shown/1'], points: 0, owed: 0 },
    ]);
    expect(await balanceOf(member)).toMatchObject({ available: 0, nextExpiry: [] });
  });

  it('Y8: a willing act moves the date at once; what was told of the former silence is over', async () => {
    const { member, date } = await withPoints();
    await pass(date - 7.5 * DAY_MS);
    await tell();
    expect(await noticesOf(member)).toMatchObject([{ subject: `${iso(date)}/silence/7` }]);
    await shown(member, date);
    const second = await withPoints();
    await pass(date - 3 * DAY_MS);
    await engine.context.get(PresenceQueries).noteLogin(member);
    const later = dateAfter(now.at);
    expect((await balanceOf(member)).nextExpiry).toEqual([{ at: iso(later), points: 100 }]);
    await pass(date + DAY_MS);
    expect([await tell(), await go()]).toEqual([0, 0]);
    await pass(second.date - 7.5 * DAY_MS);
    await tell();
    // Whoever comes back before the notice is sent is not told any more.
    await engine.context.get(PresenceQueries).noteLogin(second.member);
    const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
    await engine.context
      .get(DataSource)
      .transaction((tx) => engine.context.get(News).due(tx, buckets, 100));
    expect(await noticesOf(second.member)).toMatchObject([{ state: 'withdrawn' }]);
    await pass(later);
    await tell();
    expect([await go(), (await balanceOf(member)).pastExpiry]).toEqual([
      0,
      [{ at: iso(later), points: 100 }],
    ]);
  });

  it('Y3, Y8: stay without evidence, and a dry run says so; told late they have the days of a notice', async () => {
    const { member, date, bought } = await withPoints();
    await pass(date + DAY_MS);
    await tell();
    expect(await go()).toBe(0);
    expect(await foreseen('point-expiry', member)).toMatchObject([
      { what: 'no-evidence', dueAt: date, details: { points: 100, silentSince: about(bought) } },
    ]);
    expect(await noticesOf(member)).toMatchObject([
      {
        subject: expect.stringMatching(/silence\/0\/1$/) as string,
        text: expect.stringMatching(/7 days after this notice\. Buy something,/) as string,
      },
    ]);
    await shown(member, date);
    expect(await foreseen('point-expiry', member)).toMatchObject([{ what: 'told-late' }]);
    await pass(date + 9 * DAY_MS);
    expect(await go()).toBe(1);
    expect((await balanceOf(member)).available).toBe(0);
  });

  it('Y9: whoever acts is looked at again only when it may matter, and nobody else is looked at', async () => {
    const { member, date } = await withPoints();
    await tell();
    const looksAt = async (): Promise<number> => {
      const [row] = await engine.rows<{ at: Date }>(
        'SELECT points_look_at AS at FROM members WHERE member_id = $1',
        [member],
      );
      return row?.at.getTime() ?? 0;
    };
    const first = await looksAt();
    // The day on which they are told first.
    expect([first > date - 62 * DAY_MS, first < date - 60 * DAY_MS]).toEqual([true, true]);
    await pass(now.at + 30 * DAY_MS);
    await buy(engine, member, now.at);
    await tell();
    expect(await looksAt()).toBe(first);
    await pass(first + DAY_MS / 2);
    await tell();
    expect([(await looksAt()) > first, await noticesOf(member)]).toEqual([true, []]);
  });

  it('Y10: a purchase that comes late brings back what went although its member was not silent', async () => {
    const { member, date } = await withPoints();
    const { member: back } = await withPoints();
    await pass(date - 7.5 * DAY_MS);
    await tell();
    for (const each of [member, back]) await shown(each, date);
    await pass(date + DAY_MS);
    expect(await go()).toBe(2);
    // Late for a newer event as well: what came after it is decided again.
    await buy(engine, back, now.at, 5);
    expect((await balanceOf(back)).available).toBe(5);
    await buy(engine, back, date - 2 * DAY_MS, 10);
    expect((await balanceOf(back)).nextExpiry).toEqual([
      { at: iso(dateAfter(now.at)), points: 115 },
    ]);
    const purchase = {
      ...{
        member: { id: member },
        reference: `late ${member}`,
        occurredAt: iso(date - 2 * DAY_MS),
      },
      total: { amount: 1_000, currency: 'GBP' },
      lines: [{ category: 'home', quantity: 1, amount: 1_000 }],
    };
    const asking = { caller: systemCaller('shop', 'key/test'), requestId: 'request' };
    const accruals = engine.context.get(AccrualService);
    const request = { ...asking, idempotencyKey: `late ${member}` };
    const preview = await accruals.preview(purchase, asking.caller, 'request');
    const { postings } = await accruals.record(purchase, request);
    expect(preview.postings.map(({ kind, after }) => [kind, after.points])).toEqual(
      postings.map(({ kind, after }) => [kind, after.points]),
    );
    expect(postings.map(({ kind }) => kind)).toEqual(['reinstate', 'accrue']);
    const balance = await balanceOf(member);
    expect(balance.available).toBe(110);
    // What came back counts from now on, what was bought from when it was.
    expect(balance.nextExpiry).toEqual([
      { at: iso(dateAfter(date - 2 * DAY_MS)), points: 10 },
      { at: iso(dateAfter(now.at)), points: 100 },
    ]);
    await buy(engine, member, date - DAY_MS, 10);
    expect((await balanceOf(member)).available).toBe(120);
  });

  it('Y5, Y8: a purchase and the going of points at one time leave one of both orders', async () => {
    const people = [];
    for (let n = 0; n < 6; n += 1) people.push(await withPoints());
    const date = people[0]?.date ?? 0;
    await pass(date - 7.5 * DAY_MS);
    await tell();
    for (const { member } of people) await shown(member, date);
    await pass(date + DAY_MS);
    const service = engine.context.get(ExpiryService);
    await Promise.all(
      people.flatMap(({ member }, n) => {
        const going = () => other.ledger.submit(service.expiring(member, now.at));
        const buying = () => buy(engine, member, now.at, 10);
        return n % 2 === 0 ? [going(), buying()] : [buying(), going()];
      }),
    );
    for (const { member } of people) {
      const gone = (await postedOf(engine, member)).length;
      expect((await balanceOf(member)).available).toBe(gone === 0 ? 110 : 10);
    }
  });

  it('Y8, Y10: in one batch an act ahead of the going keeps points, and a late one behind brings them back', async () => {
    const people = [await withPoints(), await withPoints()];
    const [holding = '', late = ''] = people.map(({ member }) => member);
    const date = people[0]?.date ?? 0;
    await pass(date - 7.5 * DAY_MS);
    await tell();
    for (const { member } of people) await shown(member, date);
    await pass(date + DAY_MS);
    const service = engine.context.get(ExpiryService);
    const accruals = engine.context.get(AccrualService);
    const bought = {
      ...{ member: { id: late }, reference: `batch ${late}`, occurredAt: iso(date - DAY_MS) },
      total: { amount: 1_000, currency: 'GBP' },
      lines: [{ category: 'home', quantity: 1, amount: 1_000 }],
    };
    const by = { caller: systemCaller('shop', 'key/test'), requestId: 'request' };
    // While the dry run is under way all others wait for the next batch, in this order.
    const ahead = engine.ledger.submit({ ...hold(holding), dryRun: true });
    const settled = await Promise.allSettled([
      engine.ledger.submit(hold(holding)),
      engine.ledger.submit(service.expiring(holding, now.at)),
      engine.ledger.submit(service.expiring(late, now.at)),
      accruals.submit(bought, late, { ...by, idempotencyKey: `batch ${late}` }),
    ]);
    await ahead;
    expect(settled.map(({ status }) => status)).toEqual(Array(4).fill('fulfilled'));
    expect(await balanceOf(holding)).toMatchObject({ available: 60, held: 40 });
    const kinds = await engine.rows<{ kind: string }>(
      'SELECT kind FROM postings WHERE member_id = $1 ORDER BY seq',
      [late],
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(['accrue', 'expire', 'reinstate', 'accrue']);
    expect((await balanceOf(late)).available).toBe(110);
  });

  it('Y7: nobody is still told of points that they have not any more', async () => {
    const { member, date } = await withPoints();
    await pass(date - 7.5 * DAY_MS);
    await tell();
    const staff = { id: 'staff', memberId: null };
    await engine.ledger.submit({
      ...command(member, 'adjust', () => ({ kind: 'settle', at: now.at })),
      needs: () => ({ spending: true, counters: [], facts: [memberFacts] }),
      decide: (state, { now: at, programmes }) => {
        const programme = programmes.at(at);
        if (programme === undefined) throw new Error('A version is in force.');
        const by = { reason: 'correction', requester: staff, points: -100, at };
        const limits = new Map(adjustmentLimits(staff.id, member).map(({ id }) => [id, 0]));
        const outcome = act(programme, { ...state, limits }, { kind: 'adjust', ...by });
        return { outcome, owned: undated(state, outcome.state) };
      },
    });
    expect((await balanceOf(member)).available).toBe(0);
    expect(await noticesOf(member)).toMatchObject([{ state: 'withdrawn' }]);
  });

  it('Y4, Y8: without any channel they go after tries for a month, as the date could be seen all the time', async () => {
    const { member, date } = await withPoints();
    await pass(date - 60.5 * DAY_MS);
    await tell();
    await engine.rows(`UPDATE notices SET state = 'unreachable', tries = 3 WHERE member_id = $1`, [
      member,
    ]);
    await pass(date + DAY_MS);
    await tell();
    expect(await foreseen('point-expiry', member)).toMatchObject([
      { what: 'told-late', details: { evidence: 'last_resort' } },
    ]);
    await pass(date + 9 * DAY_MS);
    expect(await go()).toBe(1);
    expect((await balanceOf(member)).available).toBe(0);
  });

  it('Y11: points keep the terms they came under when a version changes them', async () => {
    const publish = async (of: ProgrammeDocument['expiry']): Promise<void> => {
      await engine.context.get(ProgrammesService).publish(apiProgramme(parts(of)), {
        effectiveAt: iso(now.at + DAY_MS),
        by: 'test',
      });
      await pass(now.at + 1.1 * DAY_MS);
    };
    const silent = await withPoints();
    await publish({ kind: 'rolling', months: 24, notices: { daysBefore: [7] } });
    const dated = await withPoints();
    await publish(expiry(3));
    const short = await withPoints();
    expect((await balanceOf(silent.member)).nextExpiry).toMatchObject([{ at: iso(silent.date) }]);
    expect((await balanceOf(dated.member)).nextExpiry).toMatchObject([
      { at: iso(dateAfter(dated.bought, 24)) },
    ]);
    const soon = dateAfter(short.bought, 3);
    expect((await balanceOf(short.member)).nextExpiry).toMatchObject([{ at: iso(soon) }]);
    // Sooner than anybody had thought when the others were looked at last.
    await pass(soon - 60.5 * DAY_MS);
    await tell();
    expect(await noticesOf(short.member)).toHaveLength(1);
    await shown(short.member, soon);
    await pass(soon);
    await go();
    expect((await balanceOf(short.member)).available).toBe(0);
    await publish({ kind: 'none' });
    await pass(silent.date + 100 * DAY_MS);
    await tell();
    expect([await go(), (await balanceOf(silent.member)).available]).toEqual([0, 100]);
  });
});
