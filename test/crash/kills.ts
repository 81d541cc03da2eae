import { drawsOf } from '../support/purchases.js';
import { fealty, killDatabase, untilPosted, type Ended } from './importers.js';

export type Victim = 'importer' | 'database' | 'both';

/** Whom to kill, and after which share of the work. */
export interface Kill {
  at: number;
  victim: Victim;
}

const FROM = 0.1;
const UNTIL = 0.9;

/** Kills in the order of progress, one at a random place of each of as many equal parts. */
export function drawKills(seed: number, victims: readonly Victim[]): Kill[] {
  const draw = drawsOf(seed);
  const shuffled = victims
    .map((victim) => ({ victim, place: draw() }))
    .sort((a, b) => a.place - b.place);
  const part = (UNTIL - FROM) / victims.length;
  return shuffled.map(({ victim }, index) => ({ victim, at: FROM + part * (index + draw()) }));
}

/** Runs the same import again and again, killing it each time; then once more, to its end. */
export async function importThroughKills(
  home: string,
  args: string[],
  work: { postings: number; kills: readonly Kill[]; say: (line: string) => void },
): Promise<Ended> {
  for (const { at, victim } of work.kills) {
    const running = fealty(home, args);
    const posted = await untilPosted(home, Math.ceil(at * work.postings), running);
    if (victim !== 'importer') killDatabase(home);
    if (victim !== 'database') running.child.kill('SIGKILL');
    const { code, stderr } = await running.ended;
    const share = ((100 * posted) / work.postings).toFixed(1);
    work.say(`kill -9 of ${victim} at ${share} %, ${posted} postings; exit ${String(code)}`);
    // Without its database the importer says so itself, once it has waited for a moment.
    if (victim === 'database' && code !== 3) throw new Error(`Exit ${String(code)}:\n${stderr}`);
  }
  return fealty(home, args).ended;
}
