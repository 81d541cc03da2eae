/**
 * A process that replays a year of members who are made up before, and prints what it took: what the
 * pure core does with a history once it is read.
 */
import { sideOf } from '../../src/incentives/lives/player.js';
import { replayLife } from '../../src/incentives/history/replay.js';
import { noTotals } from '../../src/incentives/history/totals.js';
import { weighed } from '../../src/incentives/history/weights.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { memoryOf } from '../measures/process-facts.js';
import { lives, YEAR } from '../subject/lives.js';
import { benchProgramme } from '../subject/programme.js';

const MEMBERS = 400;
const PURCHASES = 50;
const WARM_UP = 40;

const draftDocument: ProgrammeDocument = {
  ...benchProgramme,
  earningRules: benchProgramme.earningRules.map((rule) =>
    rule.kind === 'per_amount' ? { ...rule, rate: String(Number(rule.rate) * 2) } : rule,
  ),
};
const live = compileProgramme(benchProgramme, { no: 1, effectiveAt: 0 });
const draft = compileProgramme(draftDocument, { no: 2, effectiveAt: 0, earlier: live });
const earlier = (): typeof live => live;
const sides = {
  window: YEAR,
  live: weighed(sideOf(live, earlier), benchProgramme),
  draft: weighed(sideOf(draft, earlier), draftDocument),
};
const all = [...lives(sides.live, MEMBERS, PURCHASES)];
for (const life of all.slice(0, WARM_UP)) replayLife(sides, life, noTotals());
const totals = noTotals();
const before = memoryOf(process.pid)?.now ?? NaN;
const cpu = process.cpuUsage();
const began = performance.now();
for (const life of all) replayLife(sides, life, totals);
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(cpu);
if (totals.asBooked !== MEMBERS) throw new Error(`as booked: ${String(totals.asBooked)}`);
console.log(
  JSON.stringify({
    seconds,
    processor: (user + system) / 1e6,
    bought: MEMBERS * PURCHASES,
    decided: totals.live.purchases + totals.draft.purchases,
    postings: totals.postings,
    before,
    after: memoryOf(process.pid)?.now ?? NaN,
  }),
);
