import { UsualWay } from '../anchors/usual.js';
import { checkLedger, readTotals } from '../measures/invariants.js';
import type { LoadResult } from '../load/task.js';
import { memberId } from '../subject/members.js';
import type { Outcome } from '../measures/outcome.js';
import { REWARD } from '../subject/programme.js';
import { seriesOf } from '../measures/rounds.js';
import type { Stage } from '../stage/stage.js';
import { CONNECTIONS } from './accruals.js';
import { inParallel } from './usual-way.js';

const DAY_MS = 86_400_000;
const RICH_POINTS = 1_000_000_000;

/**
 * Hold and capture on one member, beside a row lock per request; then more holds than a member can
 * afford, of which exactly the affordable ones must be accepted.
 */
export async function redemptions(stage: Stage): Promise<Outcome> {
  const { admin, load, options, usualUrl } = stage;
  const before = await readTotals(admin);
  const rich = 1;
  const funding = await fund(stage, rich, 20, RICH_POINTS / 2);
  const usual = await UsualWay.prepare(usualUrl, 1);
  const seconds = options.seconds / 2;
  const results: LoadResult[] = [];
  try {
    const lucky = memberId(0);
    await usual.fund(lucky, RICH_POINTS);
    const { ours, anchor } = await seriesOf(Math.min(options.rounds, 3), {
      ours: async () => {
        const result = await load({ ...redeem, seconds, onlyMember: rich });
        results.push(result);
        if (result.refused > 0) throw new Error('the rich member ran out of points');
        return result.inTime / result.seconds;
      },
      anchor: () => inParallel(CONNECTIONS, seconds, () => usual.redeem(lucky)),
    });
    const poor = await neverOverdraws(stage, results);
    await checkLedger(admin, before, {
      accruals: funding.acknowledged + poor.funding.acknowledged,
      points: funding.points + poor.funding.points,
      holds: results.reduce((sum, { holds }) => sum + holds, 0),
      captures: results.reduce((sum, { captures }) => sum + captures, 0),
    });
    return {
      comparisons: [
        {
          name: 'hold + capture, one member',
          unit: '/s',
          ours,
          anchorName: 'row lock',
          anchor,
          goal: { kind: 'least', value: 15 },
        },
      ],
      notes: [poor.note],
    };
  } finally {
    await usual.close();
  }
}

const redeem = { kind: 'redeem', connections: CONNECTIONS, reward: REWARD.code } as const;

/** Purchases old enough that their return windows have closed. */
async function fund(
  { load }: Stage,
  member: number,
  purchases: number,
  amount: number,
): Promise<LoadResult> {
  return load({
    kind: 'fund',
    connections: 1,
    seconds: 60,
    onlyMember: member,
    purchases,
    amount,
    occurredAt: new Date(Date.now() - 60 * DAY_MS).toISOString(),
  });
}

async function neverOverdraws(
  stage: Stage,
  results: LoadResult[],
): Promise<{ funding: LoadResult; note: string }> {
  const poor = 2;
  const funding = await fund(stage, poor, 1, 20_000_000);
  const affordable = Math.floor(funding.points / REWARD.points);
  let holds = 0;
  let refused = 0;
  for (let round = 0; round < 30 && refused === 0; round++) {
    const result = await stage.load({ ...redeem, seconds: 1, onlyMember: poor });
    results.push(result);
    holds += result.holds;
    refused += result.refused;
  }
  if (refused > 0 && holds === affordable) {
    const note = `${holds + refused} holds asked for, ${holds} affordable and accepted, no overdraft`;
    return { funding, note };
  }
  throw new Error(`${holds} holds were accepted and ${affordable} were affordable`);
}
