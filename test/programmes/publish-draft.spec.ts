import type { ProgrammeView, VersionsView } from '../../src/programmes/views/programmes.views.js';
import { expected, problem, type Answer } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { Editor } from './editor.js';

let deployment: Deployment;
let ada: Editor;
let clock: TestClock;

/** Number of the version in force when a test begins; it calls that one its first. */
let base: number;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  ada = new Editor(deployment.servers[0]?.url ?? '', deployment.credentials.staff);
  clock = new TestClock(ada);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

beforeEach(async () => {
  await ada.discard();
  const { items } = expected(await ada.get<VersionsView>('/v1/programme/versions'), 200);
  const [newest] = items;
  if (newest === undefined) throw new Error('there is a version');
  if (newest.state === 'scheduled') await clock.to(Date.parse(newest.effectiveAt));
  base = newest.version - 1;
});

const named = (name: string): object => ({ identity: { name } });
const nameIn = (document: object): string =>
  (document as { identity: { name: string } }).identity.name;
const tagOf = (answer: Answer): string => answer.headers.get('etag') ?? '';

const inDays = async (days: number): Promise<string> =>
  new Date((await clock.now()) + days * DAY_MS).toISOString();

/** Number and state of every version, the oldest first. */
async function states(): Promise<string[]> {
  const { items } = expected(await ada.get<VersionsView>('/v1/programme/versions'), 200);
  const own = items.filter(({ version }) => version > base);
  return own.map(({ version, state }) => `${version - base} ${state}`).reverse();
}

const version = async (no: number): Promise<ProgrammeView> =>
  expected(await ada.get<ProgrammeView>(`/v1/programme/versions/${no + base}`), 200);

const restoring = (no: number): string => `/v1/programme/versions/${base + no}/restore`;

const faultOf = (answer: Answer): unknown[] => [answer.status, problem(answer).code];

describe('Publishing the draft', () => {
  it('P20: publishes just what its ETag stands for, clears it, and says so', async () => {
    const { etag } = await ada.draft();
    const edited = await ada.patch(etag, named('Second'));
    const { document, revision } = expected(edited, 200);
    const published = expected(await ada.publish(tagOf(edited)), 201);
    expect(published).toMatchObject({ published: true, version: base + 2, state: 'scheduled' });
    expect((await version(2)).document).toEqual(document);
    const next = await ada.draft();
    expect(next).toMatchObject({
      begun: false,
      base: 2,
      newest: 2,
      revision: revision + 1,
      document,
    });
    const log = await deployment.sql<{ action: string }>(
      'SELECT action FROM audit_log ORDER BY at DESC, action LIMIT 2',
    );
    expect(log.map(({ action }) => action)).toEqual([
      'programme.draft_published',
      'programme.published',
    ]);
  });

  it('P20: does nothing when the draft is the newest version', async () => {
    const { etag } = await ada.draft();
    expect(expected(await ada.publish(etag), 200)).toMatchObject({
      published: false,
      version: base + 1,
    });
    expect(await states()).toEqual(['1 live']);
  });

  it('P20: refuses what the findings say, with pointers of the draft, and keeps it', async () => {
    const { etag } = await ada.draft();
    const edited = await ada.patch(etag, {
      earningBasis: { excludedTenders: ['points'] },
      mood: 'blue',
    });
    const { findings } = expected(edited, 200);
    expect(findings.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['/mood', 'unknown_field'],
      ['/earningBasis/excludedTenders', 'points_earn_points'],
    ]);
    const refused = await ada.publish(tagOf(edited));
    expect(faultOf(refused)).toEqual([422, 'invalid_programme']);
    expect(problem(refused).errors?.[0]).toMatchObject({ pointer: '/mood', code: 'unknown_field' });
    expect((await ada.draft()).etag).toBe(tagOf(edited));
    expect(await states()).toEqual(['1 live']);
  });

  it('P20: and an edit of the same draft never both succeed', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 12; round += 1) {
      const { etag } = await ada.draft();
      const drafted = await ada.patch(etag, named(`Round ${round}`));
      const tag = tagOf(drafted);
      const [published, edited] = await Promise.all([
        ada.publish(tag),
        ada.patch(tag, named(`Late ${round}`)),
      ]);
      outcomes.add(`${published.status} ${edited.status}`);
      if (published.status === 201) {
        expect(edited.status).toBe(412);
        const { document } = await version(published.body.version - base);
        expect(nameIn(document)).toBe(`Round ${round}`);
      } else {
        expect([published.status, edited.status]).toEqual([412, 200]);
        await ada.discard();
      }
    }
    expect([...outcomes].filter((each) => each !== '201 412' && each !== '412 200')).toEqual([]);
  });

  it('P20: never takes back unseen what another has published meanwhile', async () => {
    const { etag } = await ada.draft();
    const edited = await ada.patch(etag, named('Mine'));
    const theirs = { ...apiProgramme(), thanks: ['Their thanks.'] };
    expected(await ada.post('/v1/programme/versions', { document: theirs }), 201);
    // The ETag has changed with the newest version, so that nobody overlooks it.
    expect(faultOf(await ada.publish(tagOf(edited)))).toEqual([412, 'draft_changed']);
    const seen = await ada.draft();
    expect(seen).toMatchObject({ begun: true, base: base + 1, newest: base + 2 });
    const refused = await ada.publish(seen.etag);
    expect(faultOf(refused)).toEqual([409, 'newer_version']);
    expect(refused.body).toMatchObject({ newest: base + 2 });
    const patched = await ada.patch(seen.etag, { thanks: theirs.thanks });
    expect(faultOf(await ada.publish(tagOf(patched)))).toEqual([409, 'newer_version']);
    // Replacing it as a whole says: I have seen version 2, and this is what shall follow it.
    const taken = await ada.put(tagOf(patched), expected(patched, 200).document);
    expect(expected(taken, 200)).toMatchObject({ base: base + 2, newest: base + 2 });
    expect(expected(await ada.publish(tagOf(taken)), 201).version).toBe(base + 3);
    const { document } = await version(3);
    expect([nameIn(document), document.thanks]).toEqual(['Mine', theirs.thanks]);
  });

  it('P13, P20: at a later date is scheduled, then live, then retired', async () => {
    const { etag } = await ada.draft();
    const edited = await ada.patch(etag, named('Autumn'));
    const autumn = await inDays(10);
    const published = expected(await ada.publish(tagOf(edited), { effectiveAt: autumn }), 201);
    expect(published).toMatchObject({ version: base + 2, state: 'scheduled', effectiveAt: autumn });
    const winter = await ada.patch((await ada.draft()).etag, named('Winter'));
    for (const effectiveAt of [undefined, await inDays(9)]) {
      const early = await ada.publish(tagOf(winter), { effectiveAt });
      expect(faultOf(early)).toEqual([422, 'programme_starts_too_soon']);
      expect(early.body).toMatchObject({ newestStarts: autumn });
    }
    const later = { effectiveAt: await inDays(20) };
    expected(await ada.publish(tagOf(winter), later), 201);
    expect(await states()).toEqual(['1 live', '2 scheduled', '3 scheduled']);
    await clock.to(Date.parse(autumn));
    expect(await states()).toEqual(['1 retired', '2 live', '3 scheduled']);
    await clock.forward(15 * DAY_MS);
    expect(await states()).toEqual(['1 retired', '2 retired', '3 live']);
    expect((await version(2)).state).toBe('retired');
  });
});

describe('Restoring a version', () => {
  it('P23: publishes its document anew, and takes nothing back', async () => {
    const edited = await ada.patch((await ada.draft()).etag, named('Second'));
    expected(await ada.publish(tagOf(edited)), 201);
    await clock.forward(60_000);
    const restored = await ada.post(restoring(1), { after: base + 2 });
    expect(expected(restored, 201)).toMatchObject({ published: true, version: base + 3 });
    expect((await version(3)).document).toEqual((await version(1)).document);
    expect(await states()).toEqual(['1 retired', '2 live', '3 scheduled']);
    const again = await ada.post(restoring(1), {});
    expect(expected(again, 200)).toMatchObject({ published: false, version: base + 3 });
  });

  it('P23: checks it by the laws of today', async () => {
    // As it could have been published before there was a law against it.
    const older = {
      ...apiProgramme(),
      earningBasis: { tax: 'included', excludedTenders: ['points'] },
    };
    await deployment.sql(
      `INSERT INTO programme_versions SELECT $2, $1, '\\x00', programme_now(), now(), 'test'`,
      [JSON.stringify(older), base + 2],
    );
    const edited = await ada.put((await ada.draft()).etag, apiProgramme());
    expected(await ada.publish(tagOf(edited)), 201);
    const refused = await ada.post(restoring(2), {});
    expect(faultOf(refused)).toEqual([422, 'invalid_programme']);
    expect(problem(refused).errors?.[0]?.pointer).toBe('/earningBasis/excludedTenders');
  });

  it('P23: cancels a scheduled version from the first instant after its start', async () => {
    const edited = await ada.patch((await ada.draft()).etag, named('A mistake'));
    const start = await inDays(3);
    expected(await ada.publish(tagOf(edited), { effectiveAt: start }), 201);
    const refused = await ada.post(restoring(1), {});
    expect(faultOf(refused)).toEqual([422, 'programme_starts_too_soon']);
    const { earliest } = refused.body as { earliest: string };
    expect(Date.parse(earliest)).toBe(Date.parse(start) + 1);
    const cancelled = await ada.post(restoring(1), { effectiveAt: earliest });
    expected(cancelled, 201);
    await clock.to(Date.parse(start) + 1);
    const live = expected(await ada.get<ProgrammeView>('/v1/programme'), 200);
    expect([live.version, live.document]).toEqual([base + 3, (await version(1)).document]);
  });

  it('P23: is refused for what is not there, or does not follow what was seen', async () => {
    for (const no of ['0', '999', '-1', 'live', '99999999999', '1e0']) {
      const answer = await ada.post(`/v1/programme/versions/${no}/restore`, {});
      expect(faultOf(answer)).toEqual([404, 'not_found']);
    }
    const edited = await ada.patch((await ada.draft()).etag, named('Second'));
    expected(await ada.publish(tagOf(edited)), 201);
    const stale = await ada.post(restoring(1), { after: base + 1 });
    expect(faultOf(stale)).toEqual([409, 'newer_version']);
    const odd = await ada.post(restoring(1), { after: -1 });
    expect(problem(odd).errors?.[0]?.pointer).toBe('/after');
    expect(await states()).toEqual(['1 live', '2 scheduled']);
  });
});

describe('The first version of all', () => {
  it('P18: may begin as a draft of nothing', async () => {
    await deployment.sql('DELETE FROM programme_versions');
    const empty = await ada.draft();
    expect(empty).toMatchObject({ document: {}, base: null, newest: null, begun: false });
    expect(empty.findings.length).toBeGreaterThan(5);
    const put = await ada.put(empty.etag, apiProgramme());
    expect(expected(put, 200).findings).toEqual([]);
    const effectiveAt = '2021-01-01T00:00:00Z';
    const published = expected(await ada.publish(tagOf(put), { effectiveAt }), 201);
    expect(published).toMatchObject({ version: 1, state: 'live' });
  });
});
