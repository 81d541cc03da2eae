import type { VersionsView } from '../../src/programmes/views/programmes.views.js';
import { expected, problem, tally, type Answer } from '../support/api.js';
import { TestClock } from '../support/clock.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';
import { Editor, merge, operations } from './editor.js';

let deployment: Deployment;
let office: Office;
let ada: Editor;
let ben: Editor;
let clock: TestClock;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  office = await openOffice(deployment);
  const [one, two] = deployment.servers;
  ada = new Editor(one?.url ?? '', deployment.credentials.staff);
  const manager = await office.hire('manager');
  ben = new Editor(two?.url ?? '', manager.credential);
  clock = new TestClock(ada);
});

afterAll(async () => {
  await office.close();
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

beforeEach(async () => ada.discard());

interface Logged {
  actor: string;
  action: string;
  details: Record<string, unknown>;
}

const auditLog = (): Promise<Logged[]> =>
  deployment.sql<Logged>(
    `SELECT actor, action, details FROM audit_log WHERE subject = 'programme/draft'
      ORDER BY (details->>'revision')::int`,
  );

const versions = async (): Promise<VersionsView['items']> =>
  expected(await ada.get<VersionsView>('/v1/programme/versions'), 200).items;

const faultOf = (answer: Answer): unknown[] => [
  answer.status,
  problem(answer).code,
  problem(answer).errors?.[0]?.pointer,
];

/** The name a draft gives the programme. */
const named = (name: string): object => ({ identity: { name } });

describe('A draft', () => {
  it('P18: starts as the newest version, and is one for all', async () => {
    const { document, etag, ...rest } = await ada.draft();
    const live = expected(await ada.get<{ document: object }>('/v1/programme'), 200);
    expect(document).toEqual(live.document);
    expect(rest).toMatchObject({ begun: false, base: 1, newest: 1, findings: [] });
    expect(etag).toMatch(/^"\d+-1-[0-9a-f]{16}"$/);
    const changed = await ben.patch(etag, named('Ours'));
    const seen = await ada.draft();
    expect(seen.etag).toBe(changed.headers.get('etag'));
    expect(seen).toMatchObject({
      revision: expected(changed, 200).revision,
      begun: true,
      changedBy: expect.stringMatching(/^user\/[0-9a-f-]{36}$/),
      document: { ...document, identity: { ...apiProgramme().identity, name: 'Ours' } },
    });
    expect(Math.abs(Date.parse(seen.changedAt ?? '') - (await clock.now()))).toBeLessThan(10_000);
  });

  const edits: [string, (etag: string | undefined) => Promise<Answer>][] = [
    ['PUT', (etag) => ada.put(etag, {})],
    ['PATCH', (etag) => ada.patch(etag, { thanks: ['x'] })],
    ['DELETE', (etag) => ada.call('DELETE', '/draft', etag)],
    ['publish', (etag) => ada.publish(etag)],
  ];

  it.each(edits)('P18: is not changed by %s without the ETag it has', async (_, edit) => {
    const first = await ada.draft();
    expected(await ben.patch(first.etag, named('Second')), 200);
    const before = await ada.draft();
    const log = await auditLog();
    for (const header of [undefined, '*']) {
      expect(faultOf(await edit(header))).toEqual([428, 'precondition_required', undefined]);
    }
    for (const header of ['x', '"a" "b"', '"a",', `${before.etag}x`]) {
      expect(faultOf(await edit(header))).toEqual([400, 'invalid_request', undefined]);
    }
    for (const header of [first.etag, `W/${before.etag}`, '""']) {
      const answer = await edit(header);
      expect(faultOf(answer)).toEqual([412, 'draft_changed', undefined]);
      const { changedAt, changedBy } = before;
      expect(answer.body).toMatchObject({ changedAt, changedBy });
    }
    expect(await ada.draft()).toEqual(before);
    expect(await auditLog()).toEqual(log);
  });

  it('P18: takes the right ETag among others', async () => {
    const { etag } = await ada.draft();
    expected(await ada.patch(`"a", W/"b" , ${etag}`, named('Listed')), 200);
  });

  it('P18: is changed by exactly one of twenty editors who have seen the same', async () => {
    const { etag, revision } = await ada.draft();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? ada : ben).patch(etag, named(`Editor ${String(n)}`)),
      ),
    );
    expect(tally(answers)).toEqual({ '200': 1, '412 draft_changed': 19 });
    const after = await ada.draft();
    const winner = answers.find(({ status }) => status === 200);
    expect(after.document).toEqual(winner?.body.document);
    expect(after.revision).toBe(revision + 1);
    expect(
      (await auditLog()).filter(({ details }) => Number(details['revision']) > revision),
    ).toHaveLength(1);
  });

  it('P18: loses no edit of ten editors who each read again and try again', async () => {
    const edit = async (editor: Editor, n: number): Promise<void> => {
      for (;;) {
        const { etag, document } = await editor.draft();
        const thanks = (document as { thanks: string[] }).thanks;
        const answer = await editor.patch(etag, { thanks: [...thanks, `From ${String(n)}`] });
        if (answer.status === 200) return;
        expect(problem(answer).code).toBe('draft_changed');
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, n) => edit(n % 2 === 0 ? ada : ben, n)));
    const { document } = await ada.draft();
    const added = (document as { thanks: string[] }).thanks.filter((each) => /^From /.test(each));
    expect(new Set(added).size).toBe(10);
  });

  it('P18: never has an ETag again, even if it says the same again', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      for (const name of ['One', 'Two']) {
        const { etag } = await ada.draft();
        seen.add(etag);
        expected(await ada.patch(etag, named(name)), 200);
      }
      await ada.discard();
    }
    expect(seen.size).toBe(6);
  });

  it('P18: keeps in the audit log who changed it, when, how and where', async () => {
    const { revision, document, etag } = await ada.draft();
    const put = await ada.put(etag, { ...document, thanks: ['So long.'] });
    const merged = await ben.patch(put.headers.get('etag') ?? '', { returnWindowDays: 7 });
    const operation = { op: 'replace', path: '/tiers/1/threshold', value: 9_000 };
    const last = await ada.patch(merged.headers.get('etag') ?? '', [operation], operations);
    expected(last, 200);
    await ada.discard();
    const log = (await auditLog()).filter(({ details }) => Number(details['revision']) > revision);
    expect(log.map(({ action, details: { how, pointers } }) => [action, how, pointers])).toEqual([
      ['programme.draft_changed', 'put', ['/thanks/0', '/thanks/0']],
      ['programme.draft_changed', 'merge_patch', ['/returnWindowDays']],
      ['programme.draft_changed', 'json_patch', ['/tiers/1/threshold']],
      ['programme.draft_discarded', undefined, undefined],
    ]);
    const [first, second] = log.map(({ actor }) => actor);
    expect(first).not.toBe(second);
    expect(log[0]?.details).toMatchObject({
      base: 1,
      changes: 2,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('P18: that is not changed by a change keeps its ETag and leaves no trace', async () => {
    const { etag } = await ada.draft();
    const log = await auditLog();
    for (const change of [{}, { thanks: ['Thank you.'] }, { nothing: null }]) {
      expect((await ada.patch(etag, change)).headers.get('etag')).toBe(etag);
    }
    expected(await ada.call('DELETE', '/draft', etag), 204);
    expect((await ada.draft()).etag).toBe(etag);
    expect(await auditLog()).toEqual(log);
  });

  it('P19: is any JSON object, and is told whatever keeps it from being published', async () => {
    const { etag, document } = await ada.draft();
    const unfinished = await ada.put(etag, { identity: {}, colour: 'blue', tiers: 7 });
    const codes = expected(unfinished, 200).findings.map(
      ({ pointer, code }) => `${pointer} ${code}`,
    );
    expect(codes).toEqual(
      expect.arrayContaining([
        '/colour unknown_field',
        '/tiers wrong_type',
        '/thanks missing',
        '/identity/name missing',
      ]),
    );
    const sound = {
      ...document,
      earningRules: [],
      identity: { ...apiProgramme().identity, code: 'other' },
    };
    const next = await ada.put(unfinished.headers.get('etag') ?? '', sound);
    expect(expected(next, 200).findings.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/earningRules', 'out_of_bounds'],
      ['/identity/code', 'identity_changed'],
    ]);
    // An unknown field does not hide what the laws say of the rest.
    const [first, second] = apiProgramme().tiers;
    const tiers = [first, { ...second, threshold: 0, mood: 'blue' }];
    const odd = await ada.put(next.headers.get('etag') ?? '', { ...document, tiers });
    expect(expected(odd, 200).findings.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/tiers/1/mood', 'unknown_field'],
      ['/tiers/1/threshold', 'tiers_not_ascending'],
    ]);
    expect((await versions()).map(({ version }) => version)).toEqual([1]);
  });

  it.each<[string, (etag: string) => Promise<Answer>, unknown[]]>([
    ['a list', (etag) => ada.put(etag, []), [400, 'invalid_request', '']],
    [
      'nothing',
      (etag) => ada.send('PUT', '/v1/programme/draft', '', { headers: { 'if-match': etag } }),
      [400, 'invalid_request', ''],
    ],
    [
      'a field twice',
      (etag) =>
        ada.send('PUT', '/v1/programme/draft', '{"a":1,"a":2}', { headers: { 'if-match': etag } }),
      [400, 'invalid_json', undefined],
    ],
    ['a patch that is a list', (etag) => ada.patch(etag, []), [400, 'invalid_request', '']],
    [
      'a patch of no kind',
      (etag) => ada.patch(etag, {}, { 'content-type': 'application/json' }),
      [415, 'unsupported_media_type', undefined],
    ],
    [
      'a patch in another encoding',
      (etag) => ada.patch(etag, {}, { 'content-type': `${merge['content-type']}; charset=latin1` }),
      [415, 'unsupported_media_type', undefined],
    ],
    [
      'operations that are none',
      (etag) => ada.patch(etag, {}, operations),
      [400, 'invalid_request', ''],
    ],
    [
      'an operation that does not fit',
      (etag) => ada.patch(etag, [{ op: 'remove', path: '/x' }], operations),
      [422, 'patch_not_applicable', '/0/path'],
    ],
    [
      'a start that is none',
      (etag) => ada.publish(etag, { effectiveAt: 'soon' }),
      [400, 'invalid_request', '/effectiveAt'],
    ],
    [
      'a field too many',
      (etag) => ada.publish(etag, { force: true }),
      [400, 'invalid_request', '/force'],
    ],
  ])('P19: is not changed by %s', async (_, edit, fault) => {
    const before = await ada.draft();
    expect(faultOf(await edit(before.etag))).toEqual(fault);
    expect(await ada.draft()).toEqual(before);
  });

  it('P19: never grows beyond what could be sent at once', async () => {
    const { etag } = await ada.draft();
    const half = 'x'.repeat(150_000);
    const first = await ada.patch(etag, { notes: half });
    const second = await ada.patch(first.headers.get('etag') ?? '', { more: half });
    expect(faultOf(second)).toEqual([413, 'payload_too_large', undefined]);
    expect((await ada.draft()).etag).toBe(first.headers.get('etag'));
  });

  it('A5: is edited by marketers, published by managers, and read by staff alone', async () => {
    const url = ada.url;
    const as = async (role: 'viewer' | 'marketer' | 'manager'): Promise<Editor> =>
      new Editor(url, (await office.hire(role)).credential);
    const [viewer, marketer] = [await as('viewer'), await as('marketer')];
    const { etag } = await viewer.draft();
    expect((await viewer.patch(etag, named('Viewer'))).status).toBe(403);
    const edited = await marketer.patch(etag, named('Marketer'));
    expected(edited, 200);
    expect((await marketer.publish(edited.headers.get('etag') ?? '')).status).toBe(403);
    expect((await marketer.post('/v1/programme/versions/1/restore', {})).status).toBe(403);
    expect((await ada.as(deployment.credentials.shop).get('/v1/programme/draft')).status).toBe(403);
  });
});
