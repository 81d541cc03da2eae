import { setTimeout as pause } from 'node:timers/promises';
import { largeProgramme } from '../../bench/subject/large-programme.js';
import type { AuditView } from '../../src/incentives/gate/audits.views.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { PublishedView, VersionsView } from '../../src/programmes/views/programmes.views.js';
import { Editor } from '../programmes/editor.js';
import { expected, problem, type Answer, type Api } from '../support/api.js';
import { aProgrammeDocument } from '../support/programme.js';
import { deploy, type Deployment } from '../support/server.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

/** A point is worth a penny, and at a rate of 20 a fifth of everything goes back. */
const greedy = (rate: string, more: Partial<ProgrammeDocument> = {}): ProgrammeDocument =>
  aProgrammeDocument({
    earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate }],
    tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    rewards: [{ code: 'tea', name: 'Tea', points: 100, value: { amount: 100, currency: 'GBP' } }],
    ...more,
  });

let deployment: Deployment;
let staff: Editor;

beforeAll(async () => {
  deployment = await deploy({ programme: greedy('1'), env: { AUDIT: 'on', JOBS: 'off' } });
  staff = new Editor(deployment.servers[0]?.url ?? '', deployment.credentials.staff);
}, 60_000);

afterAll(async () => {
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

const shop = (): Api => staff.as(deployment.credentials.shop);

/** A problem with just this status and code. */
function refusal(answer: Answer, status: number, code: string): object {
  const body = problem(answer);
  expect([answer.status, body.code]).toEqual([status, code]);
  return body;
}

interface Refused {
  code: string;
  audit: string;
  errors: { pointer: string; code: string }[];
  findings: { id: string; witness: string[]; gain: { minor: number }; explanation: string }[];
}

async function published(document: object): Promise<Answer<PublishedView>> {
  return staff.post<PublishedView>('/v1/programme/versions', { document });
}

async function refused(document: object): Promise<Refused> {
  const answer = await published(document);
  return refusal(answer, 422, 'programme_can_be_gamed') as Refused;
}

const accept = async (api: Api, body: object): Promise<Answer> =>
  api.post('/v1/programme/acceptances', {
    reason: 'A week of it, for the opening.',
    until: inDays(30),
    ...body,
  });

const newest = async (): Promise<number> =>
  expected(await staff.get<VersionsView>('/v1/programme/versions'), 200).items[0]?.version ?? 0;

describe('the gate', () => {
  it('I41: lets nothing be published that can be gamed, and says how it is done', async () => {
    const { audit, errors, findings } = await refused(greedy('20'));
    expect(errors).toMatchObject([{ pointer: '/document/earningRules/0', code: 'giveback' }]);
    expect(findings[0]?.gain.minor).toBe(10_000);
    expect(findings[0]?.witness.at(-1)).toContain('me buys "garden" for 1,000.00 GBP');
    expect(await newest()).toBe(1);
    const { state, done, parts, report } = expected(
      await staff.get<AuditView>(`/v1/programme/audits/${audit}`),
      200,
    );
    expect([state, done]).toEqual(['done', parts]);
    expect(report?.findings[0]).toMatchObject({ check: 'GIVEBACK', accepted: null });
  });

  it('I41: is in every way by which a document is published, and leaves a draft as it is', async () => {
    const { etag } = await staff.draft();
    const put = await staff.put(etag, greedy('20'));
    expected(put, 200);
    const tag = put.headers.get('etag') ?? '';
    const answer = await staff.publish(tag);
    expect(refusal(answer, 422, 'programme_can_be_gamed')).toMatchObject({
      errors: [{ pointer: '/earningRules/0' }],
    });
    expect((await staff.draft()).etag).toBe(tag);
    await staff.discard();
    const piloted = { document: greedy('20'), pilot: { share: '0.1' } };
    const pilot = await staff.post('/v1/programme/versions', piloted);
    refusal(pilot, 422, 'programme_can_be_gamed');
    expect(await newest()).toBe(1);
  });

  it('I41: goes with the version it let through', async () => {
    refusal(await staff.get('/v1/programme/versions/1/audit'), 404, 'not_found');
    expect((await published(greedy('2'))).status).toBe(201);
    const { report } = expected(await staff.get<AuditView>('/v1/programme/versions/2/audit'), 200);
    expect(report).toMatchObject({ status: 'proved', findings: [] });
    expect(report?.prices[0]?.what).toBe('a point');
    expect(report?.assumptions.length).toBeGreaterThan(5);
    // It has one tier, which costs nothing.
    expect(report?.tiers).toEqual([]);
    const again = await staff.post('/v1/programme/versions/2/restore', {});
    expect(again.status).toBe(200);
  });

  it('I42: lets pass what a named person answers for, as long and as far as they do', async () => {
    const { audit, findings } = await refused(greedy('20'));
    const finding = findings[0]?.id ?? '';
    refusal(await accept(shop(), { audit, finding }), 403, 'forbidden');
    refusal(await accept(staff, { audit, finding: 'STACK-00000000' }), 404, 'not_found');
    refusal(await accept(staff, { audit, finding, until: inDays(370) }), 400, 'invalid_request');
    refusal(await accept(staff, { audit, finding, until: inDays(-1) }), 400, 'invalid_request');
    expected(await accept(staff, { audit, finding }), 201);
    expect((await published(greedy('20'))).status).toBe(201);
    const { report } = expected(await staff.get<AuditView>('/v1/programme/versions/3/audit'), 200);
    expect(report?.findings[0]?.accepted).toMatchObject({ finding, gain: 10_000 });
    const [logged] = await deployment.sql<{ actor: string; details: object }>(
      `SELECT actor, details FROM audit_log WHERE action = 'programme.finding_accepted'`,
    );
    expect(logged?.actor).toMatch(/^user\//);
    expect(logged?.details).toMatchObject({
      gain: 10_000,
      reason: 'A week of it, for the opening.',
    });
    // Less than that passes as well; more of it needs somebody to answer for it again.
    expect((await published(greedy('19'))).status).toBe(201);
    expect((await refused(greedy('21'))).findings[0]?.id).toBe(finding);
    await deployment.sql(
      `UPDATE accepted_findings SET accepted_at = now() - interval '2 days',
              until = now() - interval '1 day'`,
    );
    expect((await refused(greedy('18'))).findings[0]?.id).toBe(finding);
    expect(expected(await staff.get('/v1/programme/acceptances'), 200)).toEqual({ items: [] });
  });

  it('I42: lets nobody answer for harm', async () => {
    const coupon = { code: 'sorry', name: 'Points for your overdraft fee', points: 1 };
    const harmful = greedy('2', {
      coupons: [{ ...coupon, until: '2099-01-01', budget: 10, perMember: 1 }],
      giftCaps: [{ period: 'lifetime', points: 10 }],
    });
    const { audit, findings } = await refused(harmful);
    const finding = findings[0]?.id ?? '';
    refusal(await accept(staff, { audit, finding }), 422, 'finding_not_acceptable');
  });

  it('I43: audits in a thread that says how far it is, and ends when it is told to', async () => {
    const started = expected(
      await staff.post<AuditView>('/v1/programme/audits', { document: largeProgramme }),
      202,
    );
    expect(started).toMatchObject({ state: 'running', report: null });
    const at = `/v1/programme/audits/${started.id}`;
    let seen = started;
    while (seen.parts === 1) {
      await pause(50);
      seen = expected(await staff.get<AuditView>(at), 200);
    }
    expect(seen.state).toBe('running');
    expect((await staff.send('DELETE', at, undefined)).status).toBe(204);
    expect(expected(await staff.get<AuditView>(at), 200).state).toBe('cancelled');
    // The next one does not wait for it.
    expect((await published(greedy('3'))).status).toBe(201);
    const over = expected(await staff.get<AuditView>('/v1/programme/versions/5/audit'), 200);
    const late = await staff.send('DELETE', `/v1/programme/audits/${over.id}`, undefined);
    refusal(late, 409, 'audit_over');
  });

  it('I43: of the draft, and of nothing that breaks a law', async () => {
    const { id } = expected(await staff.post<AuditView>('/v1/programme/audits', {}), 202);
    expect(id).toHaveLength(36);
    const broken = { document: greedy('2', { tiers: [] }) };
    refusal(await staff.post('/v1/programme/audits', broken), 422, 'invalid_programme');
    refusal(await staff.get('/v1/programme/audits/x'), 404, 'not_found');
    refusal(await shop().post('/v1/programme/audits', {}), 403, 'forbidden');
  });

  it('I55: takes so many replays at a time, and audits beside them', async () => {
    const audits = '/v1/programme/audits';
    const asked = { document: greedy('2'), history: { months: 1 } };
    const answers: Answer<AuditView>[] = [];
    for (let n = 0; n < 6; n += 1) answers.push(await staff.post<AuditView>(audits, asked));
    expect(answers.slice(0, 5).map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    const [sixth] = answers.slice(5);
    if (sixth === undefined) throw new Error('It is answered.');
    refusal(sixth, 409, 'too_many_audits');
    const other = await staff.post<AuditView>(audits, { document: greedy('2') });
    answers.push(other);
    expect(other.status).toBe(202);
    for (const { status, body } of answers) {
      if (status !== 202) continue;
      const { status: ended } = await staff.send('DELETE', `${audits}/${body.id}`, undefined);
      expect([204, 409]).toContain(ended);
    }
  });

  it('I64: looks at days from the start of what is published, and at no others', async () => {
    // It runs for a week from now, and is over when the next month has begun.
    const opening = {
      ...{ code: 'opening', name: 'For the opening', audience: { kind: 'all' } as const },
      ...{ pays: { kind: 'per_amount', rate: '60' } as const, budget: { points: 10_000 } },
      ...{ from: inDays(-2).slice(0, 10), until: inDays(7).slice(0, 10) },
    };
    const document = greedy('4', { offers: [opening] });
    const later = inDays(30);
    const audited = async (body: object): Promise<AuditView> => {
      const { id } = expected(await staff.post<AuditView>('/v1/programme/audits', body), 202);
      for (;;) {
        await pause(50);
        const found = expected(await staff.get<AuditView>(`/v1/programme/audits/${id}`), 200);
        if (found.state !== 'running') return found;
      }
    };
    const ahead = await audited({ document, effectiveAt: later });
    expect(ahead).toMatchObject({ state: 'done', looksFrom: later });
    const stops = ({ report }: AuditView): string[] =>
      (report?.findings ?? []).flatMap(({ check, severity }) => (severity === 'high' ? check : []));
    expect(stops(ahead)).toEqual([]);
    // What was seen of the days behind it says nothing of those before.
    expect((await refused(document)).findings[0]?.id).toContain('STACK-');
    // Nor does the refusal of today stop what begins when the offer is over.
    const body = { document, effectiveAt: later };
    const answer = await staff.post<PublishedView>('/v1/programme/versions', body);
    const { version } = expected(answer, 201);
    const { id } = expected(
      await staff.get<AuditView>(`/v1/programme/versions/${String(version)}/audit`),
      200,
    );
    expect(id).toBe(ahead.id);
  });
});
