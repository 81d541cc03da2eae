/**
 * Known defects, each a small edit of the source after which a model test has to fail. They are
 * tried in a scratch copy of the working tree; nothing of the tree itself is touched.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Which test sees it, the defect, and where one text is put in place of another. */
const mutants = [
  {
    name: 'refund not capped',
    by: 'core',
    file: 'src/rules/earning/remaining.ts',
    from: 'return money > left.amount ? undefined : { quantity: pieces, amount: money };',
    to: 'return { quantity: pieces, amount: money };',
  },
  {
    name: 'line named twice comes back twice',
    by: 'core',
    file: 'src/rules/earning/remaining.ts',
    from: 'quantity: line.quantity - quantity,\n      amount: line.amount - amount,',
    to: '',
  },
  {
    name: 'float rate',
    by: 'core',
    file: 'src/rules/points.ts',
    from: `(BigInt(minor) * rate * 1_000n * BigInt(share.numerator)) /
    (10n ** BigInt(digits) * BigInt(share.denominator))`,
    to: `BigInt(Math.floor((minor / 10 ** digits) * (Number(rate) / 1e6) *
      (share.numerator / share.denominator) * 1e9))`,
  },
  {
    name: 'midnight in UTC',
    by: 'core',
    file: 'src/rules/period.ts',
    from: 'if (isMidnight(before) || !isMidnight(after)) return before;\n  return after;',
    to: 'return isMidnight(before) || isMidnight(after) ? nominal : before;',
  },
  {
    name: 'hold counts at its end',
    by: 'core',
    file: 'src/rules/spending/settle.ts',
    from: 'redemption.expiresAt > at) continue;',
    to: 'redemption.expiresAt >= at) continue;',
  },
  {
    name: 'pending points can be spent',
    by: 'core',
    file: 'src/rules/spending/lots.ts',
    from: 'return lot.availableFrom <= at ? lot.remaining - lot.held : 0;',
    to: 'return at > 0 ? lot.remaining - lot.held : 0;',
  },
  {
    name: 'cool-down outlives its purchase',
    by: 'core',
    file: 'src/rules/earning/decision.ts',
    from: 'if (counters.get(last) === award.at) counters.set(last, lastGrant(rule));',
    to: 'if (counters.get(last) === -award.at) counters.set(last, lastGrant(rule));',
  },
  {
    name: 'cap not used up',
    by: 'core',
    file: 'src/rules/earning/purchase-bonus.ts',
    from: 'Math.min(rule.points, rule.cap.points - used)',
    to: 'Math.min(rule.points, rule.cap.points)',
  },
  {
    name: 'debt never repaid',
    by: 'core',
    file: 'src/rules/spending/moves.ts',
    from: 'const amount = Math.min(this.owed, points);',
    to: 'const amount = Math.min(0, points);',
  },
  {
    name: 'fractions dropped',
    by: 'core',
    file: 'src/rules/actions/accrue.ts',
    from: 'wholePoints(remainder, step.billionths)',
    to: 'wholePoints(remainder * 0n, step.billionths)',
  },
  {
    name: 'tier outlives what it was reached by',
    by: 'core',
    file: 'src/rules/earning/decision.ts',
    from: 'return left < now ? tierAt(programme, left).code : context.held;',
    to: 'return left > now ? tierAt(programme, left).code : context.held;',
  },
  {
    name: 'late events decided last',
    by: 'core',
    file: 'src/rules/actions/accrue.ts',
    from: 'isBehind: place < (newestAt ?? place)',
    to: 'isBehind: place < (newestAt ?? place) - 1e15',
  },
  {
    name: 'corrected points taken for the late purchase’s own',
    by: 'core',
    file: 'src/rules/actions/chain.ts',
    from: 'return (origin?.seq ?? seq) === purchase;',
    to: 'return seq === purchase || origin?.seq === purchase;',
  },
  {
    name: 'body hash ignored',
    by: 'http',
    file: 'src/ledger/batch/batch.service.ts',
    from: 'if (bodyHash !== command?.idempotency?.bodyHash) return keyReused();',
    to: 'if (command === undefined || bodyHash === "") return keyReused();',
  },
  {
    name: 'key checked, then inserted',
    by: 'http',
    file: 'src/ledger/batch/claims.queries.ts',
    from: `FROM \${keys.source}
            ORDER BY idem_key, caller, operation
           ON CONFLICT DO NOTHING RETURNING`,
    to: `FROM \${keys.source}
            WHERE NOT EXISTS (SELECT FROM request_keys k WHERE k.idem_key = u.idem_key
              AND k.caller = u.caller AND k.operation = u.operation)
            ORDER BY idem_key, caller, operation RETURNING`,
  },
  {
    name: 'reply before commit',
    by: 'http',
    file: 'src/ledger/batch/batch.service.ts',
    from: `const [{ command }] = await together([tx.query('COMMIT'), ...statements]);
  if (command !== 'COMMIT') throw new Error('invariant: a batch without fault commits');`,
    to: `void together([tx.query('COMMIT'), ...statements]).catch(() => undefined);`,
  },
  {
    name: 'accounts and their lots not locked',
    by: 'http',
    file: 'src/ledger/batch/accounts.queries.ts',
    from: 'ORDER BY a.bucket, a.member_id FOR NO KEY UPDATE OF a',
    to: 'ORDER BY a.bucket, a.member_id',
  },
  {
    name: 'cap checked outside the transaction',
    by: 'http',
    file: 'src/ledger/batch/counters.queries.ts',
    from: `  return byMember(rows);
}

/** Every counter`,
    to: `  for (const [id, own] of byMember(rows)) if (!remembered.has(id)) remembered.set(id, own);
  return remembered;
}
const remembered = new Map<string, Map<string, number>>();

/** Every counter`,
  },
  {
    name: 'key scoped globally',
    by: 'http',
    file: 'src/accrual/accrual.service.ts',
    from: 'caller: caller.id,',
    to: "caller: 'anybody',",
  },
  {
    name: 'retailer predicate missing',
    by: 'http',
    file: 'src/accrual/returns/returns.service.ts',
    from: 'stored === undefined || stored.retailer !== caller.retailer',
    to: "stored === undefined || caller.kind === 'member'",
  },
  {
    name: 'redemptions of other retailers found',
    by: 'http',
    file: 'src/redemptions/redemptions.service.ts',
    from: ': redemption?.retailer === caller.retailer;',
    to: ': redemption !== undefined;',
  },
  {
    name: 'tier of a past decision forgotten',
    by: 'http',
    file: 'src/ledger/batch/decisions.queries.ts',
    from: 'tier: tier ?? before,',
    to: "tier: tier === '' ? tier : row.tier_after,",
  },
];

/** Tries the mutants whose names have one of these words, or all; true = each was found. */
export function tryMutants(words) {
  const chosen = mutants.filter(
    ({ name, by }) =>
      words.length === 0 || words.some((word) => by === word || name.includes(word)),
  );
  for (const mutant of chosen) mustFit(mutant);
  const copy = mkdtempSync(join(tmpdir(), 'mutants-'));
  try {
    scratch(copy);
    const survivors = chosen.filter((mutant) => !isFound(copy, mutant));
    process.stdout.write(`${chosen.length - survivors.length} of ${chosen.length} found\n`);
    return survivors.length === 0 && chosen.length > 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Told before the first is tried, which takes long. */
function mustFit({ name, file, from }) {
  const places = readFileSync(join(root, file), 'utf8').split(from).length - 1;
  if (places !== 1) throw new Error(`${name}: ${file} has changed`);
}

function scratch(copy) {
  for (const part of ['src', 'test', 'migrations', 'bench', 'dist']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'jest.config.mjs']) {
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

/** Found only by a comparison that fails: a copy that does not run proves nothing. */
function isFound(copy, { name, by, file, from, to }) {
  const path = join(copy, file);
  const sound = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    sound.replace(from, () => to),
  );
  const started = Date.now();
  const run = (args) =>
    spawnSync(process.execPath, args, {
      cwd: copy,
      encoding: 'utf8',
    });
  const bin = (tool) => join(root, 'node_modules', tool);
  if (by === 'http') run([bin('typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--noCheck']);
  const jest = ['--experimental-vm-modules', bin('jest/bin/jest.js'), `test/model/${by}`, '--bail'];
  const { status, stdout, stderr } = run([...jest, '--runInBand']);
  writeFileSync(path, sound);
  const failed = /Property failed after (\d+) tests/.exec(stderr + stdout);
  const found = status !== 0 && failed !== null;
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  const how = found ? `found in run ${failed[1]}` : 'NOT FOUND';
  process.stdout.write(`${by.padEnd(5)} ${name.padEnd(52)} ${how.padEnd(18)} ${seconds} s\n`);
  return found;
}
