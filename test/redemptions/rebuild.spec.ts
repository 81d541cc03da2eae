import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Api, aPurchase, daysAgo, expected } from '../support/api.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';

const value = { amount: 100, currency: 'GBP' };
const programme = apiProgramme({
  rewards: [
    { code: 'slip', name: 'Slip', points: 100, value, kind: 'discount_voucher', stock: 20 },
  ],
  coupons: [
    { code: 'fair', name: 'Fair', points: 50, until: '2090-12-31', budget: 500, perMember: 5 },
  ],
  giftCaps: [{ period: 'lifetime', points: 500 }],
});

let deployment: Deployment;
let shop: Api;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' }, programme });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});
afterAll(() => deployment.close());

/** What the command says, and with which code it ends. */
async function rebuilding(): Promise<{ code: number | null; said: string }> {
  const command = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));
  const { serverUrl, ownerUrl } = deployment.database;
  const env = { DATABASE_URL: serverUrl, DATABASE_OWNER_URL: ownerUrl, LOG_LEVEL: 'error' };
  const child = spawn(process.execPath, [command, 'rebuild', '--check'], {
    env: { PATH: process.env['PATH'], ...secrets, ...env },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

it('L10: vouchers and coupons follow from postings, and a lost or stray code is named', async () => {
  const member = await shop.memberWith(1_000);
  const issued = async (): Promise<{ id: string; code: string }> => {
    const { id, voucher } = expected(
      await shop.end('capture', await shop.held(member, 'slip')),
      200,
    );
    return { id, code: voucher?.code ?? '' };
  };
  const [used, back] = [await issued(), await issued(), await issued()];
  for (const { code } of [used, back]) {
    expected(await shop.post(`/v1/vouchers/${code}/use`, {}), 200);
  }
  const named = { ...aPurchase(member, { at: daysAgo(2) }), redemptions: [back.id] };
  const { purchase } = expected(await shop.purchase(named), 201);
  expected(
    await shop.post(`/v1/purchases/${purchase ?? ''}/returns`, { occurredAt: daysAgo(1) }),
    201,
  );
  const response = await fetch(`${shop.url}/v1/coupons/batches`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${deployment.credentials.staff}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reference: 'r', coupon: 'fair', count: 2 }),
  });
  for (const line of (await response.text()).trim().split('\n')) {
    const { code } = JSON.parse(line) as { code: string };
    expected(await shop.post('/v1/coupons/redeem', { member: { id: member }, code }), 201);
  }
  expect(await rebuilding()).toMatchObject({ code: 0 });
  await deployment.sql(
    `DELETE FROM voucher_codes WHERE seq = (SELECT min(seq) FROM voucher_codes)`,
  );
  await deployment.sql(`UPDATE coupon_uses SET seq = seq + 1000
                         WHERE seq = (SELECT min(seq) FROM coupon_uses)`);
  const { code, said } = await rebuilding();
  expect(code).not.toBe(0);
  expect(said).toContain('voucher_codes');
  expect(said.match(/coupon_uses/g)).toHaveLength(2);
});
