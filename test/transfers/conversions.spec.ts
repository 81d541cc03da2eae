import { randomUUID } from 'node:crypto';
import type {
  ConversionsView,
  ConversionView,
} from '../../src/transfers/conversions/conversions.views.js';
import type { SettlementView } from '../../src/partner-offers/settlement/settlement.views.js';
import { Api, daysAgo, expected, tally, type Answer } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { asConverter, inOf, outOf } from '../support/operations/conversions.js';
import { conversions, convertingPartners } from '../support/operations/currencies.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;
let corner: Api;
let urls: string[];
let clock: TestClock;

beforeAll(async () => {
  deployment = await deploy({
    replicas: 2,
    programme: apiProgramme({ partners: convertingPartners, conversions }),
    env: { JOBS: 'off', TEST_CLOCK: 'on' },
  });
  urls = deployment.servers.map(({ url }) => url);
  shop = new Api(urls[0] ?? '', deployment.credentials.shop);
  corner = new Api(urls[0] ?? '', deployment.credentials.corner);
  clock = new TestClock(shop.as(deployment.credentials.staff));
});
afterAll(() => deployment.close());
afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(await deployment.rebuild()).toEqual([]);
  expect(deployment.complaints()).toBe('');
});

const urlOf = (place: number): string => urls[place % 2] ?? '';

const held = async (member: string, points = 100, place = 0): Promise<Answer<ConversionView>> => {
  const { path, body } = outOf(shop, member, points);
  return shop.at(urlOf(place)).post<ConversionView>(path, body);
};

const confirm = (
  id: string,
  reference: string = randomUUID(),
  place = 0,
): Promise<Answer<ConversionView>> =>
  corner.at(urlOf(place)).post<ConversionView>(`/v1/conversions/${id}/confirm`, { reference });

const fail = (id: string, by = corner, place = 0): Promise<Answer<ConversionView>> =>
  by.at(urlOf(place)).send<ConversionView>('POST', `/v1/conversions/${id}/fail`, '');

const brought = (
  member: string,
  { units = 200, reference = randomUUID(), place = 0 } = {},
): Promise<Answer<ConversionView>> => {
  const { path, body } = inOf(corner, member, units, { reference });
  return corner.at(urlOf(place)).post<ConversionView>(path, body);
};

describe('conversions over HTTP', () => {
  it('X11: hold what a quote said, and take it when the partner confirms', async () => {
    const member = await shop.memberWith(1_000);
    const own = await asConverter(shop, member);
    const asked = { currency: 'miles', points: 100 };
    const quote = expected(await own.post<ConversionView>('/v1/me/conversions/quote', asked), 200);
    expect(quote).toMatchObject({
      ...{ currency: { code: 'miles', name: 'Miles' }, way: 'out', points: 100, fee: 5, units: 60 },
      balanceAfter: { available: 895, held: 105 },
    });
    expect((await shop.balance(member)).available).toBe(1_000);
    const made = expected(await own.post<ConversionView>('/v1/me/conversions', asked), 201);
    expect(made).toMatchObject({ state: 'held', balance: { available: 895, held: 105 } });
    const done = expected(await confirm(made.id), 200);
    expect(done).toMatchObject({ id: made.id, state: 'confirmed', points: 100, fee: 5, units: 60 });
    expect(await shop.balance(member)).toMatchObject({ available: 895, held: 0 });
    const again = await own.get<ConversionView>(`/v1/me/conversions/${made.id}`);
    const { balance: _, ...same } = done;
    expect(expected(again, 200)).toEqual(same);
  });

  it('X11: race with redemptions and one another, and never hold more than there is', async () => {
    const member = await shop.memberWith(2_500);
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, (_, place) => held(member, 200, place)),
      ...Array.from({ length: 10 }, async (_, place) => shop.at(urlOf(place)).hold(member)),
    ]);
    const taken = answers.reduce((sum, { status, body }) => {
      if (status !== 201) return sum;
      const { points, fee = 0 } = body as { points: number; fee?: number };
      return sum + points + fee;
    }, 0);
    const balance = await shop.balance(member);
    expect(balance).toMatchObject({ held: taken, available: 2_500 - taken });
    expect(taken).toBeGreaterThan(1_500);
    expect(answers.every(({ status }) => status === 201 || status === 422)).toBe(true);
  });

  it('X11: end once, whatever the partner says at once on two servers', async () => {
    const member = await shop.memberWith(1_000);
    const { id } = expected(await held(member), 201);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        place % 2 === 0 ? confirm(id, randomUUID(), place) : fail(id, corner, place + 1),
      ),
    );
    const told = tally(answers);
    expect(told['200']).toBe(1);
    const left = (await shop.balance(member)).available;
    const { state } = expected(await corner.get<ConversionView>(`/v1/conversions/${id}`), 200);
    expect([left, state]).toEqual(state === 'confirmed' ? [895, state] : [1_000, 'failed']);
  });

  it('X12: so many at once for one member end at the limit of the day', async () => {
    const member = await shop.memberWith(9_000);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, place) => held(member, 200, place)),
    );
    // 9 times 205 of 2,000 points.
    expect(tally(answers)).toEqual({ 201: 9, '422 conversion_limit_reached': 21 });
  });

  it('X13, X15: book a reference of the partner once, and only its own currency', async () => {
    const [ann, ben] = [await shop.enrol(), await shop.enrol()];
    const reference = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        brought(place % 3 === 0 ? ann : ben, { reference, place }),
      ),
    );
    expect(tally(answers)).toEqual({ 201: 1, '409 duplicate_reference': 19 });
    const { id } = expected(await held(await shop.memberWith(500)), 201);
    expect(tally([await confirm(id, reference)])).toEqual({ '409 duplicate_reference': 1 });
    expected(await confirm(id), 200);
    const preview = inOf(corner, ann, 200);
    const { member, currency, units } = preview.body as Record<string, unknown>;
    const told = await corner.post(`${preview.path}/preview`, { member, currency, units });
    expect(told.body).toMatchObject({ points: 100, units: 200, fee: 0, way: 'in', accepted: true });
    const { path, body } = inOf(shop, ann, 200);
    expect(tally([await shop.post(path, body)])).toEqual({ '422 conversion_not_offered': 1 });
  });

  it('X13: many at once for one member end at the limit of the day', async () => {
    const member = await shop.enrol();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => brought(member, { units: 600, place })),
    );
    expect(tally(answers)).toEqual({ 201: 6, '422 conversion_limit_reached': 14 });
    expect((await shop.balance(member)).available).toBe(1_800);
  });

  it('X15: need a key or a token for it, and are seen by who asked, the partner and the member', async () => {
    const member = await shop.memberWith(1_000);
    const { path, body } = outOf(shop, member, 100);
    const till = shop.as(deployment.credentials.till);
    const plain = await shop.asMember(member);
    const asked = { currency: 'miles', points: 100 };
    expect(
      tally([await till.post(path, body), await plain.post('/v1/me/conversions', asked)]),
    ).toEqual({ '403 forbidden': 2 });
    const { id } = expected(await held(member), 201);
    for (const by of [shop, corner]) {
      const { items } = expected(await by.get<ConversionsView>('/v1/conversions?limit=200'), 200);
      expect(items.find((each) => each.id === id)).toMatchObject({ state: 'held', units: 60 });
    }
    const stranger = await shop.asMember(await shop.enrol());
    expect(tally([await stranger.get(`/v1/me/conversions/${id}`)])).toEqual({ '404 not_found': 1 });
    // It is no redemption: neither till nor member can end it as one.
    const redemption = id.replace('cnv_', 'rdm_');
    const answers = [
      await shop.end('release', redemption),
      await shop.end('capture', redemption),
      await plain.send('POST', `/v1/me/redemptions/${redemption}/release`, ''),
    ];
    expect(tally(answers)).toEqual({ '404 not_found': 3 });
    expected(await fail(id, shop), 200);
  });

  it('X15: are listed in pages, each once', async () => {
    const member = await shop.memberWith(2_000);
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.unshift(expected(await held(member), 201).id);
    const own = await asConverter(shop, member);
    for (const [by, at] of [
      [own, '/v1/me/conversions'],
      [shop, '/v1/conversions'],
    ] as const) {
      const listed: string[] = [];
      let next: string | null = '';
      while (next !== null && listed.length < 5) {
        const cursor: string = next === '' ? '' : `&cursor=${next}`;
        const page: ConversionsView = expected(
          await by.get<ConversionsView>(`${at}?limit=2${cursor}`),
          200,
        );
        listed.push(...page.items.map(({ id }) => id));
        next = page.next;
      }
      expect(listed.slice(0, 5)).toEqual(ids);
    }
  });

  it('X16: a return takes back what was earned: what is converted is owed, what is held stays', async () => {
    const member = await shop.enrol();
    const bought = await shop.give(member, 1_000, daysAgo(60));
    const [first, second] = [
      expected(await held(member, 400), 201),
      expected(await held(member, 400), 201),
    ];
    expected(await confirm(first.id), 200);
    expected(
      await shop.send(
        'POST',
        `/v1/purchases/${bought.purchase}/returns`,
        JSON.stringify({ occurredAt: daysAgo(0) }),
      ),
      201,
    );
    expect(await shop.balance(member)).toMatchObject({ available: 0, held: 405, owed: 810 });
    // What comes back then is not spent on the debt by itself, and nothing more leaves.
    expected(await fail(second.id), 200);
    expect(await shop.balance(member)).toMatchObject({ available: 405, held: 0, owed: 810 });
    expect(tally([await held(member)])).toEqual({ '422 points_are_owed': 1 });
    expected(await brought(member, { units: 2_000 }), 201);
    expect(await shop.balance(member)).toMatchObject({ available: 595, owed: 0 });
  });

  it('O25: are in the statement of the partner, each at its price', async () => {
    const month = new Date().toISOString().slice(0, 7);
    const path = `/v1/partners/corner/settlements/${month}`;
    const points = async (kind: string): Promise<number> => {
      const { lines } = expected(await corner.get<SettlementView>(path), 200);
      return lines.filter((each) => each.kind === kind).reduce((sum, each) => sum + each.points, 0);
    };
    const [out, into] = [await points('converted_out'), await points('converted_in')];
    const member = await shop.memberWith(1_000);
    const { id } = expected(await held(member, 300), 201);
    expect(await points('converted_out')).toBe(out);
    expected(await confirm(id), 200);
    expected(await brought(member, { units: 400 }), 201);
    expect(await points('converted_out')).toBe(out + 300);
    expect(await points('converted_in')).toBe(into + 200);
  });

  it('X11: are there again when the partner does not answer in time, on whichever server', async () => {
    const member = await shop.memberWith(1_000);
    const { id, expiresAt } = expected(await held(member), 201);
    expect(expiresAt).not.toBeNull();
    await clock.forward(DAY_MS);
    expect(await shop.balance(member)).toMatchObject({ available: 1_000, held: 0 });
    const { state } = expected(await corner.get<ConversionView>(`/v1/conversions/${id}`), 200);
    expect(state).toBe('expired');
    const late = await Promise.all([0, 1].map((place) => confirm(id, randomUUID(), place)));
    expect(tally(late)).toEqual({ '422 hold_expired': 2 });
    expect(await shop.balance(member)).toMatchObject({ available: 1_000, held: 0 });
  });
});
