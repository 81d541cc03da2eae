/** Members who bought for a year, as the ledger has them: decided by the engine's core, and written down. */
import type { Happening } from '../../src/incentives/lives/events.js';
import { Player, type Side } from '../../src/incentives/lives/player.js';
import type { Life, Recorded } from '../../src/incentives/lives/recorded.js';
import { stateAfter } from '../../src/incentives/lives/fold.js';
import { compactEffects } from '../../src/ledger/posting.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import type { Purchase } from '../../src/rules/purchase.js';

export const YEAR = { from: Date.UTC(2026, 0, 1, 9), until: Date.UTC(2027, 0, 1, 9) };
const HOUR_MS = 3_600_000;

const categories = ['groceries', 'books', 'garden', 'home', 'toys', 'repair', 'clothing', 'sports'];

/** Places that are spread evenly however many there are of them, 0 to 1. */
const spread = (index: number): number => (index * 0.618_033_988_75) % 1;

/**
 * Members with so many purchases of three lines each over a year. One in thirty comes back, and
 * one in thirty is late by a day; whoever can redeems a coffee after every tenth.
 */
export function* lives(side: Side, members: number, purchases: number): Generator<Life> {
  for (let n = 0; n < members; n += 1) {
    const known = {
      memberId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      enrolledAt: YEAR.from,
      enrolledBy: undefined,
      profile: { persona: undefined, birthMonth: undefined, preferences: [] },
    };
    const player = new Player(side, stateAfter(known, [], YEAR.from));
    const postings: Recorded[] = [];
    const does = (happening: Happening): number => {
      const came = player.play(happening);
      const purchase = happening.kind === 'accrue' ? happening.purchase : undefined;
      for (const draft of came.postings) postings.push(written(draft, happening.at, purchase));
      return came.refused === undefined ? player.member.version : 0;
    };
    for (let nth = 0; nth < purchases; nth += 1) buys(does, n, nth, purchases);
    yield { known, postings };
  }
}

type Does = (happening: Happening) => number;

function buys(does: Does, member: number, nth: number, purchases: number): void {
  const step = (YEAR.until - YEAR.from) / purchases;
  const at = Math.floor(YEAR.from + (nth + 0.1 + 0.8 * spread(member + nth)) * step);
  const place = member * purchases + nth;
  const isLate = place % 30 === 7;
  const occurredAt = isLate ? Math.max(YEAR.from, at - 24 * HOUR_MS) : at;
  const what = { seq: 0, at, versionNo: 1, redemptions: [] };
  const seq = does({ ...what, kind: 'accrue', occurredAt, purchase: basket(place) });
  if (place % 30 === 3 && seq > 0) {
    const lines = [{ line: 0, quantity: 0, amount: 100 }];
    const back = { seq: 0, at: at + HOUR_MS, occurredAt: at + HOUR_MS, purchase: seq };
    does({ ...back, kind: 'return', lines, redemptions: undefined });
  }
  if (nth % 10 !== 9) return;
  const when = { seq: 0, at: at + 2 * HOUR_MS };
  const held = does({ ...when, kind: 'hold', reward: 'coffee', retailer: 'bench', points: 150 });
  if (held > 0) does({ ...when, kind: 'capture', redemption: held, amount: undefined });
}

function basket(place: number): Purchase {
  const lines = [0, 1, 2].map((line) => ({
    category: categories[(place + line * 3) % categories.length] ?? '',
    quantity: 1,
    amount: 200 + Math.floor(spread(place + line) * 4_000),
    tax: 0,
  }));
  return { lines, tenders: [], retailer: 'bench' };
}

/** As it is read: of accruals what was bought, of others what came of them. */
function written(
  draft: PostingDraft,
  recordedAt: number,
  purchase: Purchase | undefined,
): Recorded {
  const { seq, kind, subjectSeq, versionNo, occurredAt, after, explanation } = draft;
  const isBought = kind === 'accrue';
  const row = { seq, kind, subjectSeq, versionNo, occurredAt, recordedAt, after };
  return {
    ...row,
    explanation: isBought ? [] : explanation,
    effects: isBought ? {} : compactEffects(draft),
    purchase: isBought ? purchase : undefined,
  };
}
