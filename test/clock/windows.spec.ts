import { Api, expected } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { aProgrammeDocument } from '../support/programme.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

/** A purchase is pending on its own day and the one after. */
const RETURN_DAYS = 1;
const QUARTER_MS = 900_000;
/** How long before the instant the other side of it is looked at. */
const MARGIN_MS = 30_000;

/**
 * Thirty zones from one end of the day to the other, with whole, half and quarter hours. Where a
 * date is given, the clocks go forward at its midnight and its first instant is 01:00.
 */
const zones: { zone: string; skipped?: string }[] = [
  { zone: 'Pacific/Kiritimati' },
  { zone: 'Pacific/Apia' },
  { zone: 'Pacific/Chatham' },
  { zone: 'Pacific/Auckland' },
  { zone: 'Australia/Lord_Howe' },
  { zone: 'Australia/Adelaide' },
  { zone: 'Australia/Eucla' },
  { zone: 'Asia/Tokyo' },
  { zone: 'Asia/Shanghai' },
  { zone: 'Asia/Yangon' },
  { zone: 'Asia/Kathmandu' },
  { zone: 'Asia/Kolkata' },
  { zone: 'Asia/Tehran' },
  { zone: 'Africa/Nairobi' },
  { zone: 'Africa/Lagos' },
  { zone: 'America/Havana', skipped: '2027-03-14' },
  { zone: 'Europe/London' },
  { zone: 'Africa/Cairo', skipped: '2027-04-30' },
  { zone: 'America/St_Johns' },
  { zone: 'America/Sao_Paulo' },
  { zone: 'America/Caracas' },
  { zone: 'America/Santiago', skipped: '2027-09-05' },
  { zone: 'America/New_York' },
  { zone: 'America/Los_Angeles' },
  { zone: 'Pacific/Marquesas' },
  { zone: 'Pacific/Honolulu' },
  { zone: 'Pacific/Niue' },
  { zone: 'Asia/Beirut', skipped: '2028-03-26' },
  { zone: 'Atlantic/Azores', skipped: '2029-03-25' },
  { zone: 'Etc/UTC' },
];

let deployment: Deployment;
let shop: Api;
let staff: Api;
let clock: TestClock;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
  clock = new TestClock(staff);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  const { differences } = await deployment.verify();
  await deployment.close();
  expect([complaints, differences]).toEqual(['', []]);
});

/** Date and time of day in a zone: `2027-03-14 01:00`. */
function local(zone: string, at: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'short',
  });
  return format.format(new Date(at));
}

/** The day a number of days after one, by the calendar alone. */
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** Found by looking at every quarter of an hour: offsets change on no other instants. */
function firstInstantOf(day: string, zone: string): number {
  let at = Date.parse(`${day}T00:00:00Z`) - 15 * 4 * QUARTER_MS;
  while (local(zone, at).slice(0, 10) < day) at += QUARTER_MS;
  return at;
}

/** A version in this zone that is in force when it resolves. */
async function liveIn(timeZone: string): Promise<void> {
  const { identity } = aProgrammeDocument();
  const document = apiProgramme({
    identity: { ...identity, timeZone },
    returnWindowDays: RETURN_DAYS,
  });
  const effectiveAt = (await clock.now()) + 6_000;
  const publication = { document, effectiveAt: new Date(effectiveAt).toISOString() };
  expected(await staff.post('/v1/programme/versions', publication), 201);
  await clock.to(effectiveAt);
}

describe('a return window', () => {
  it.each(zones)(
    'R9, R13: in $zone ends with the first instant of the day',
    async ({ zone, skipped }) => {
      if (skipped !== undefined) {
        await clock.to(firstInstantOf(dayAfter(skipped, -RETURN_DAYS - 1), zone) + DAY_MS / 2);
      }
      await liveIn(zone);
      const now = await clock.now();
      const day = dayAfter(local(zone, now).slice(0, 10), RETURN_DAYS + 1);
      const ends = firstInstantOf(day, zone);
      expect(local(zone, ends)).toBe(`${day} ${skipped === undefined ? '00:00' : '01:00'}`);
      if (skipped !== undefined) expect(day).toBe(skipped);

      const member = await shop.enrol();
      const { availableFrom } = await shop.give(member, 500, new Date(now).toISOString());
      expect(availableFrom).toBe(new Date(ends).toISOString());
      await clock.to(ends - MARGIN_MS);
      expect(await shop.balance(member)).toMatchObject({ available: 0, pending: 500 });
      expect((await shop.hold(member)).status).toBe(422);
      await clock.to(ends);
      expect(await shop.balance(member)).toMatchObject({ available: 500, pending: 0 });
      expect((await shop.hold(member)).status).toBe(201);
      const before = new Date(ends - 1).toISOString();
      expect(await shop.balance(member, before)).toMatchObject({ available: 0, pending: 500 });
    },
  );
});
