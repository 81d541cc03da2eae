/**
 * Mutation testing of the pure files of `rules` and `ledger`: every operator, condition and text is
 * changed, one at a time, and a test has to fail for each. `npm run mutation`, or with names of
 * rooms or files, as in `npm run mutation -- rules/earning ledger/check.ts`. A room is a folder, or one
 * file that remembers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { Stryker } from '@stryker-mutator/core';

/** Percent of the mutants, of each room and of all, that tests must find. */
const THRESHOLD = 90;

/** Who must find the mutants of a room, the quickest first. */
const specs = {
  rules: [
    'rules/points',
    'rules/remembering',
    'rules/root-parts',
    'rules/what-rules-ask',
    'rules/vouchers',
    'rules/coupons',
    'rules/activate',
    'rules/award-waiting',
    'rules/expire',
    'rules/renew',
    'rules/tier',
    'rules/settle',
    'rules/adjust-postings',
    'rules/stock',
    'rules/traits',
    'rules/tender',
    'rules/deliver',
    'rules/inactivity',
    'rules/tier-grants',
    'rules/silence',
    'transfers/posted-points',
    'transfers/conversion-laws',
    'referrals/refer-postings',
    'rules/accrue',
  ],
  'rules/line-conditions': ['rules/what-rules-ask'],
  'rules/event-conditions': ['rules/what-rules-ask'],
  'rules/member-conditions': ['rules/what-rules-ask'],
  'rules/offers': [
    'rules/offer-standing',
    'rules/offer-reach',
    'rules/offer-limits',
    'rules/activate',
  ],
  'rules/rates': ['rules/rates'],
  'rules/metered': ['rules/meter'],
  'rules/standing': [
    'rules/standpoints',
    'rules/reviews',
    'rules/progress-of-tiers',
    'rules/returned-tier',
    'rules/tallies',
    'rules/whole-life',
  ],
  'rules/standing/months.ts': ['rules/window-months'],
  'rules/inactivity': ['rules/silence-parts', 'rules/silent-expiry'],
  'rules/segments': ['rules/criteria'],
  'rules/partners': [
    'rules/partner-parts',
    'rules/waiting-parts',
    'rules/award-waiting',
    'rules/told',
    'rules/partners',
    'rules/waiting',
    'scenarios/scenarios',
  ],
  'rules/period.ts': ['rules/calendar'],
  'rules/guards': ['rules/label-words', 'rules/listed-words'],
  'rules/guards/line.ts': ['rules/line-guard'],
  'rules/spending': [
    'rules/spending-parts',
    'rules/voucher-parts',
    'rules/vouchers',
    'rules/moves',
    'rules/former-prices',
    'rules/settle',
    'rules/redeem',
    'rules/balance',
    'rules/adjust',
    'rules/return',
  ],
  'rules/expiry': [
    'rules/renewed',
    'rules/silence-proof',
    'rules/expire',
    'rules/expiry-returns',
    'rules/renew',
    'rules/silent-expiry',
    'rules/silent-late',
  ],
  'rules/referrals': ['referrals/refer-postings', 'referrals/refer-laws'],
  'rules/sales': ['transfers/posted-points', 'transfers/sale-laws'],
  'rules/conversions': ['transfers/conversion-laws', 'transfers/conversion-pump'],
  'rules/transfers': ['transfers/posted-points', 'transfers/transfer-laws'],
  'rules/earning': [
    'rules/remaining',
    'rules/timeline',
    'rules/counters',
    'rules/decision',
    'rules/decision-parts',
    'rules/uses-parts',
    'rules/item-parts',
    'rules/give-back',
    'rules/tier',
    'rules/velocity',
    'rules/baskets',
  ],
  'rules/baskets': ['rules/baskets'],
  'rules/velocity': ['rules/velocity'],
  'rules/earning/matching.ts': ['rules/matching'],
  'rules/gifts': ['rules/coupons', 'rules/activate'],
  'rules/actions': [
    'rules/action-parts',
    'rules/late-parts',
    'rules/lapsed',
    'rules/whole-life',
    'rules/reward-postings',
    'rules/deliver',
    'rules/stock',
    'rules/adjust-postings',
    'rules/former-prices',
    'rules/returns',
    'rules/used-rewards',
    'rules/corrections',
    'rules/tier-grants',
    'rules/vouchers',
    'rules/told',
    'rules/tender',
    'rules/redeem',
    'rules/accrue',
    'rules/adjust',
    'rules/return',
    'rules/award-waiting',
    'rules/offers-late',
    'rules/standing-laws',
    'rules/late',
  ],
  ledger: [
    'ledger/gathered',
    'ledger/address',
    'ledger/kept-effects',
    'ledger/effects',
    'ledger/check-parts',
    'ledger/findings',
  ],
  'ledger/batch': ['ledger/asked'],
  'ledger/limits': ['ledger/limit-parts', 'ledger/slots'],
  'ledger/history': ['ledger/instants', 'ledger/valid-lots'],
  'ledger/proof': ['proof/heads-file', 'proof/check-heads', 'proof/merkle'],
  'ledger/rebuild': [
    'proof/rebuilt-sold',
    'proof/forged-codes',
    'proof/rebuilt-used',
    'proof/rebuilt-rows',
    'proof/rebuilt-chain',
  ],
};

const say = (line) => process.stdout.write(`${line}\n`);

/** A file without a kind suffix is pure; test/architecture sees to that. */
function pureFiles() {
  const rooms = new Map();
  for (const top of ['src/rules', 'src/ledger']) {
    for (const path of readdirSync(top, { recursive: true })) {
      const file = join(top, path);
      if (!file.endsWith('.ts') || basename(file, '.ts').includes('.')) continue;
      const room = (remembers(file) ? file : dirname(file)).slice('src/'.length);
      rooms.set(room, [...(rooms.get(room) ?? []), file]);
    }
  }
  return rooms;
}

/**
 * Whether what a file answered once it answers from memory. Then a mutant would be hidden by what
 * was remembered without it, or outlive its own run, so each gets a process of its own.
 */
function remembers(file) {
  return /^const \w+ = (?:new (?:Weak)?Map<.*>\(\);$|remembering\()/m.test(
    readFileSync(file, 'utf8'),
  );
}

async function runRoom(room, files) {
  const few = { DRAWS: '0.03', RUNS: '25', MODEL_SEED: '1', MODEL_TIMES: '0.004' };
  Object.assign(process.env, few, { SPECS: specs[room].join(' ') });
  const report = `.stryker/${room.replaceAll('/', '-')}`;
  const results = await new Stryker({
    mutate: files,
    testRunner: 'mocha',
    plugins: ['@stryker-mutator/mocha-runner'],
    buildCommand: 'node test/mutation/bundle.mjs',
    mochaOptions: { 'no-config': true, 'no-package': true, spec: ['specs.mjs'] },
    coverageAnalysis: 'perTest',
    maxTestRunnerReuse: room.endsWith('.ts') ? 1 : 0,
    concurrency: 1,
    timeoutMS: 3_000,
    // The build takes the types away without reading them.
    disableTypeChecks: false,
    thresholds: { high: 95, low: THRESHOLD, break: null },
    tempDirName: '.stryker/tmp',
    ignorePatterns: ['.stryker', '.data', 'dist', 'coverage', 'bench', 'docs'],
    reporters: ['json', 'html', 'progress-append-only'],
    jsonReporter: { fileName: `${report}.json` },
    htmlReporter: { fileName: `${report}.html` },
    logLevel: 'error',
  }).runMutationTest();
  return scoreOf(results);
}

function scoreOf(results) {
  const score = { mutants: 0, killed: 0, survived: 0, unreached: 0 };
  for (const { status, fileName, location, mutatorName, replacement } of results) {
    if (status === 'RuntimeError' || status === 'CompileError') continue;
    score.mutants += 1;
    if (status === 'Killed' || status === 'Timeout') score.killed += 1;
    else {
      score[status === 'Survived' ? 'survived' : 'unreached'] += 1;
      const place = `${fileName}:${location.start.line}:${location.start.column}`;
      const change = (replacement ?? '').replaceAll(/\s+/g, ' ').slice(0, 80);
      say(`${status.toLowerCase()}: ${place} ${mutatorName} -> ${change}`);
    }
  }
  return score;
}

const percent = ({ mutants, killed }) => (100 * killed) / mutants;

function row(name, score) {
  const { mutants, killed, survived, unreached } = score;
  const cells = [mutants, killed, survived, unreached, percent(score).toFixed(1)];
  say(name.padEnd(18) + cells.map((cell) => String(cell).padStart(10)).join(''));
}

const rooms = pureFiles();
const asked = process.argv.slice(2);
const isAsked = (room, file) =>
  asked.length === 0 || asked.includes(room) || asked.includes(file.slice('src/'.length));
const scores = new Map();
const unnamed = [...rooms.keys()].filter((room) => specs[room] === undefined);
if (unnamed.length > 0) throw new Error(`No spec is named for ${unnamed.join(', ')}.`);
for (const [room, all] of rooms) {
  const files = all.filter((file) => isAsked(room, file));
  if (files.length > 0) scores.set(room, await runRoom(room, files));
}
if (scores.size === 0) throw new Error(`There is nothing under ${asked.join(', ')}.`);
const all = { mutants: 0, killed: 0, survived: 0, unreached: 0 };
say(`\n${'room'.padEnd(18)}   mutants    killed  survived unreached   percent`);
for (const [room, score] of scores) {
  row(room, score);
  for (const count of Object.keys(all)) all[count] += score[count];
}
row('all', all);
const weak = [...scores].filter(([, score]) => percent(score) < THRESHOLD);
if (weak.length > 0) {
  say(`Below ${THRESHOLD} percent: ${weak.map(([room]) => room).join(', ')}.`);
  process.exitCode = 1;
}
