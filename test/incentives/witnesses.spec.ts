import { audit, type Audited } from '../../src/incentives/audit.js';
import type { Story } from '../../src/incentives/finding.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { runJobs } from '../jobs/running.js';
import { startEngine } from '../ledger/engine.js';
import { Api } from '../support/api.js';
import { TestClock } from '../support/clock.js';
import { drawsOf } from '../support/purchases.js';
import { deploy } from '../support/server.js';
import { bads, type BadProgramme } from './corpus.js';
import { gainOf } from './replay/gain.js';
import { Player, type Measured } from './replay/player.js';

/** Years later the same days are the same days of the week, and a clock that only goes forward can show them. */
const LATER = 28;
const at = Date.parse(`${String(2026 + LATER)}-01-01T12:00:00Z`);
/** How many witnesses are drawn; all at torture. */
const DRAWN = Number(process.env['WITNESSES'] ?? 3);
/** Names of those to play, or none. */
const named = process.env['WITNESS']?.split(',');
const seed = Number(process.env['WITNESS_SEED'] ?? Math.floor(Math.random() * 1e6));

const later = (document: unknown): ProgrammeDocument => {
  const text = JSON.stringify(document).replace(
    /"(20\d\d)(-\d\d-\d\d)/g,
    (_, year: string, rest: string) => `"${String(Number(year) + LATER)}${rest}`,
  );
  const checked = checkDocument(JSON.parse(text));
  if ('document' in checked) return checked.document;
  throw new Error(checked.faults.map(({ code, pointer }) => `${code} ${pointer}`).join());
};

type Finding = Audited['findings'][number];

/** Checks of which nothing is played. */
const untold = ['HARM', 'VOLUME', 'UNREACHABLE', 'SLACKCAP', 'PARTNER'];

const isStory = ({ expect: expected }: BadProgramme): boolean =>
  'check' in expected && !untold.includes(expected.check);

function drawn(): BadProgramme[] {
  const all = bads().filter(isStory);
  if (named !== undefined) return all.filter(({ name }) => named.includes(name));
  const draw = drawsOf(seed);
  return all
    .map((bad) => ({ bad, lot: draw() }))
    .sort((a, b) => a.lot - b.lot)
    .slice(0, DRAWN)
    .map(({ bad }) => bad);
}

/** What stories come to on a server of their own. */
async function played(
  document: ProgrammeDocument,
  stories: readonly Story[],
): Promise<{ measured: Measured[][]; tier: string }> {
  const env = { JOBS: 'off', TEST_CLOCK: 'on' };
  const deployment = await deploy({ programme: document, env });
  try {
    const { servers, credentials, database } = deployment;
    const url = servers[0]?.url ?? '';
    const staff = new Api(url, credentials.staff);
    const run = async (job: string): Promise<void> => {
      const engine = await startEngine({}, database);
      await runJobs([engine], job).finally(() => engine.close());
    };
    const clock = new TestClock(staff);
    const player = new Player(document, {
      ...{ shop: new Api(url, credentials.shop), staff, clock, run },
    });
    const measured = await player.play(stories);
    const [who] = (stories[0] ?? []).flatMap(({ step }) => ('who' in step ? [step.who] : []));
    const tier = await player.tierOf(0, who ?? '');
    expect((await deployment.verify()).differences).toEqual([]);
    expect(deployment.complaints()).toBe('');
    return { measured, tier };
  } finally {
    await deployment.close();
  }
}

/** Nobody has luck by asking for it: what it pays in a story, no caller can have again. */
const isLucky = ({ surprises = [] }: ProgrammeDocument, rules: readonly string[]): boolean =>
  surprises.some(({ code }) => rules.includes(code));

/** Each step of a story as the audit tells it, and as the API does: points to a whole one. */
function compare(document: ProgrammeDocument, story: Story, measured: readonly Measured[]): void {
  const off = story.flatMap(({ step, points: earned, refused, rules }, place) => {
    const found = measured[place];
    if (isLucky(document, rules)) return [];
    const cost = document.rewards.find(
      ({ code }) => step.kind === 'redeem' && code === step.reward,
    );
    const points = refused === undefined && cost !== undefined ? -cost.points : earned;
    const isSame =
      found?.refused === refused &&
      (step.kind === 'give' || Math.abs((found?.points ?? NaN) - points) <= 1);
    return isSame ? [] : [{ place, step, points, refused, found }];
  });
  expect(off).toEqual([]);
}

function found(bad: BadProgramme): {
  document: ProgrammeDocument;
  finding: Finding;
  point: number;
} {
  const document = later(bad.document);
  const isAgainst = 'against' in bad.expect;
  const before = isAgainst ? later(bad.before) : undefined;
  const { findings, point } = audit(document, { at, before });
  const check = 'check' in bad.expect ? bad.expect.check : '';
  const finding = findings.find((each) => each.check === check);
  if (finding === undefined) throw new Error(`${check} is not found in ${bad.name}.`);
  const alone = { ...document, offers: [], surprises: [] };
  const own = finding.rulesAlone === true ? alone : document;
  return { document: own, finding, point: point.worth };
}

describe(`witnesses over HTTP (WITNESS_SEED=${String(seed)})`, () => {
  it.each(drawn().map((bad) => [bad.name, bad] as const))(
    'I72: %s takes from a server what the audit says',
    async (_, bad) => {
      const { document, finding, point } = found(bad);
      const stories = finding.witness;
      expect(stories.length).toBeGreaterThan(0);
      const { measured, tier } = await played(document, stories);
      for (const [no, story] of stories.entries()) compare(document, story, measured[no] ?? []);
      const before =
        finding.check === 'NOHARM'
          ? (await played(later(bad.before), stories)).measured[0]
          : undefined;
      const gain = gainOf({ document, finding, stories: measured, before });
      if (finding.check === 'TIERFREE') expect([tier]).toEqual(finding.about);
      if (stories.flat().some(({ rules }) => isLucky(document, rules))) return;
      if (gain === undefined) return;
      expect(Math.abs(gain - finding.gain.minor)).toBeLessThanOrEqual(point + 0.5);
    },
    600_000,
  );
});
