import { setTimeout as pause } from 'node:timers/promises';
import { expected } from '../support/api.js';
import { apiProgramme } from '../support/server.js';
import type { Watched } from './openapi-contract.js';

/** The draft is read, changed in every way, published, and discarded; a version comes back. */
export async function draftStory(staff: Watched): Promise<void> {
  const at = '/v1/programme/draft';
  const tag = async (): Promise<string> => (await staff.get(at)).headers.get('etag') ?? '';
  const change = async (method: string, path: string, body?: object, type = 'json') =>
    staff.send(method, path, body && JSON.stringify(body), {
      headers: { 'if-match': await tag(), ...(body && { 'content-type': `application/${type}` }) },
    });
  expected(await change('PUT', at, { ...apiProgramme(), mood: 'blue' }), 200);
  expected(await change('PATCH', at, { mood: null, thanks: [] }, 'merge-patch+json'), 200);
  await change('POST', `${at}/publish`, {});
  const operation = { op: 'add', path: '/thanks/-', value: 'Thank you.' };
  expected(await change('PATCH', at, [operation], 'json-patch+json'), 200);
  await change('PATCH', at, [{ op: 'remove', path: '/x' }], 'json-patch+json');
  await staff.send('DELETE', at, undefined, { headers: { 'if-match': '"old"' } });
  await staff.send('DELETE', at, undefined);
  const publication = { effectiveAt: '2099-02-01T00:00:00Z' };
  expected(await change('POST', `${at}/publish`, publication), 201);
  expected(await change('POST', `${at}/publish`, publication), 200);
  expected(await change('DELETE', at), 204);
  const restoring = '/v1/programme/versions/2/restore';
  await staff.post(restoring, { ...publication, after: 2 });
  const later = { effectiveAt: '2099-03-01T00:00:00Z', after: 3 };
  expected(await staff.post(restoring, later), 201);
  expected(await staff.post(restoring, later), 200);
  for (const query of ['', '?from=1&to=newest', '?from=draft&to=2']) {
    expected(await staff.get(`/v1/programme/diff${query}`), 200);
  }
  await pilotStory(staff);
  await auditStory(staff);
  await staff.get('/v1/programme/diff?from=77');
  await staff.get('/v1/programme/diff?from=x');
  const { identity, rewards, ...rest } = apiProgramme();
  for (const document of [
    { identity, ...rest, rewards: rewards.slice(1) },
    { ...rest, mood: 'blue' },
  ]) {
    expected(await staff.post('/v1/programme/plan', { document }), 200);
  }
  expected(await staff.get('/v1/programme/draft/plan'), 200);
}

/** What can be gamed is found, and somebody answers for it. */
async function auditStory(staff: Watched): Promise<void> {
  const audits = '/v1/programme/audits';
  const base = { kind: 'per_amount', id: 'base', name: 'Base', rate: '40' } as const;
  const document = apiProgramme({ earningRules: [base] });
  const history = { months: 1, adversaries: true };
  const { id } = expected(await staff.post<{ id: string }>(audits, { document, history }), 202);
  await staff.post(audits, { document: { ...document, mood: 'blue' } });
  let found: { state: string; report: { findings: { id: string }[] } | null };
  do {
    await pause(100);
    found = expected(await staff.get<typeof found>(`${audits}/${id}`), 200);
  } while (found.state === 'running');
  const finding = found.report?.findings[0]?.id;
  const until = new Date(Date.now() + 86_400_000).toISOString();
  const accepted = { audit: id, finding, reason: 'For the opening week.', until };
  expected(await staff.post('/v1/programme/acceptances', accepted), 201);
  await staff.post('/v1/programme/acceptances', { ...accepted, finding: 'PUMP-00000000' });
  expected(await staff.get('/v1/programme/acceptances'), 200);
  await staff.send('DELETE', `${audits}/${id}`, undefined);
  const other = expected(await staff.post<{ id: string }>(audits, {}), 202);
  expected(await staff.send('DELETE', `${audits}/${other.id}`, undefined), 204);
  await staff.get(`${audits}/none`);
  await staff.get('/v1/programme/versions/1/audit');
}

/** A version is piloted, looked at, and given up; then another one is for all in the end. */
async function pilotStory(staff: Watched): Promise<void> {
  const newest = await staff.get<{ document: object }>('/v1/programme/versions/4');
  const { document } = expected(newest, 200);
  const changed = { ...document, thanks: ['Thank you for trying.'] };
  const share = { document: changed, pilot: { share: '0.1' }, effectiveAt: '2099-04-01T00:00:00Z' };
  expected(await staff.post('/v1/programme/versions', share), 201);
  await staff.post('/v1/programme/versions', { ...share, document });
  expected(await staff.get('/v1/programme/pilots/5'), 200);
  expected(await staff.post('/v1/programme/pilots/5/withdraw', {}), 200);
  await staff.post('/v1/programme/pilots/5/promote', {});
  const pilot = { locations: ['till-4'] };
  const there = { ...share, pilot, effectiveAt: '2099-05-01T00:00:00Z' };
  expected(await staff.post('/v1/programme/versions', there), 201);
  await staff.post('/v1/programme/pilots/6/promote', { effectiveAt: '2026-01-01T00:00:00Z' });
  const later = { effectiveAt: '2099-06-01T00:00:00Z' };
  expected(await staff.post('/v1/programme/pilots/6/promote', later), 200);
  expected(await staff.get('/v1/programme/pilots/6'), 200);
  expected(await staff.get('/v1/programme/versions'), 200);
  await staff.get('/v1/programme/pilots/7');
}
