import type { ConversionView } from '../../src/transfers/conversions/conversions.views.js';
import { Api, expected, tally } from '../support/api.js';
import { inOf } from '../support/operations/conversions.js';
import { conversions, convertingPartners } from '../support/operations/currencies.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;

beforeAll(async () => {
  const terms = { kind: 'prepaid', price: '2', whenEmpty: 'refuse', alertBelow: 100 } as const;
  const partners = convertingPartners.map((each) =>
    each.code === 'corner' ? { ...each, terms } : each,
  );
  deployment = await deploy({
    ...{ replicas: 2, programme: apiProgramme({ partners, conversions }), env: { JOBS: 'off' } },
  });
});
afterAll(() => deployment.close());

describe('units of a partner that pays beforehand', () => {
  it('X13: use all of its block and no more, however many come in on two servers', async () => {
    const [one = '', two = ''] = deployment.servers.map(({ url }) => url);
    const { credentials } = deployment;
    const shop = new Api(one, credentials.shop);
    const corner = new Api(one, credentials.corner);
    const staff = new Api(one, credentials.staff);
    expected(await staff.post('/v1/partners/corner/blocks', { points: 1_000 }), 201);
    const members = await Promise.all(Array.from({ length: 6 }, () => shop.enrol()));
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, place) => {
        const { path, body } = inOf(corner, members[place % 6] ?? '', 200);
        return corner.at(place % 2 === 0 ? one : two).post<ConversionView>(path, body);
      }),
    );
    expect(tally(answers)).toEqual({ 201: 10, '422 partner_block_empty': 20 });
    const balances = await Promise.all(members.map((member) => shop.balance(member)));
    expect(balances.reduce((sum, { available }) => sum + available, 0)).toBe(1_000);
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await deployment.rebuild()).toEqual([]);
    expect(deployment.complaints()).toBe('');
  });
});
