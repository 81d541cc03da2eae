import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { Api, expected } from '../support/api.js';
import { TestClock } from '../support/clock.js';
import { deploy } from '../support/server.js';
import { DAY } from '../support/state.js';
import { anyErrand, Member, type Errand, type World } from './http-run.js';
import { programmes, type History } from './programmes.js';
import { howToRun, STEPS_MAX } from './seeds.js';
import { MINUTE } from './steps.js';

const RUNS = 60;
/** Members whose requests are under way at once. */
const MEMBERS = 4;

/** Staff adjust for all members of all runs, so their own limit is out of reach here. */
const documents = programmes['two versions'].map(({ document }): ProgrammeDocument => ({
  ...document,
  purchasesBeforeEnrolment: true,
  ...(document.staff && { staff: { ...document.staff, perStaffPerDay: 1_000_000 } }),
}));
const documentOf = (no: number): ProgrammeDocument => {
  const document = documents[no % documents.length];
  if (document === undefined) throw new Error('There are two documents.');
  return document;
};

let world: World;
let staff: Api;
const published: [...History] = [{ from: Date.UTC(2020, 0, 1), document: documentOf(0) }];

beforeAll(async () => {
  const env = { JOBS: 'off', TEST_CLOCK: 'on' };
  const deployment = await deploy({ replicas: 2, programme: documentOf(0), env });
  const [first, second] = deployment.servers;
  const one = new Api(first?.url ?? '', deployment.credentials.shop);
  staff = one.as(deployment.credentials.staff);
  world = { servers: [one, one.at(second?.url ?? '')], deployment, clock: new TestClock(staff) };
}, 2 * MINUTE);

afterAll(async () => world.deployment.close());

/** The next version, in force from four days on: every run sees two, whichever way round. */
async function publishNext(): Promise<void> {
  const from = (await world.clock.now()) + 4 * DAY;
  const document = documentOf(published.length);
  const effectiveAt = new Date(from).toISOString();
  expected(await staff.post('/v1/programme/versions', { document, effectiveAt }), 201);
  published.push({ from, document });
}

/** Steps go to the members in turn; those of one round are under way together. */
async function runOf(errands: readonly Errand[]): Promise<void> {
  await publishNext();
  const members = await Promise.all(
    Array.from({ length: MEMBERS }, async (_, index) => {
      const id = await (world.servers[index % 2] ?? world.servers[0]).enrol();
      return new Member(world, id, published);
    }),
  );
  for (let at = 0; at < errands.length; at += MEMBERS) {
    const round = errands.slice(at, at + MEMBERS);
    const waits = round.map(({ step }) => (step.do === 'wait' ? step.ms : 0));
    // The clock cannot be told to stay, as it has gone on by the time it hears of it.
    const wait = Math.max(...waits);
    const now = await (wait < MINUTE ? world.clock.now() : world.clock.forward(wait));
    await Promise.all(members.map(async (member, index) => member.run(round[index], now)));
  }
  for (const member of members) await member.finished();
}

describe('two servers', () => {
  it(
    'R1 to R19, L3 to L7, U1 to U3: agree with a model of the laws after every step',
    async () => {
      const errands = fc.array(anyErrand, { maxLength: STEPS_MAX, size: 'max' });
      const { seed, numRuns } = howToRun('two servers', RUNS);
      const property = fc.asyncProperty(errands, runOf);
      // What happened stays in the database, so that a shorter story would be another one.
      try {
        await fc.assert(property, { seed, numRuns, endOnFailure: true });
      } catch (error) {
        // What an internal error was is in the log of the server alone, which comes a little later.
        await pause(500);
        process.stdout.write(world.deployment.complaints());
        throw error;
      }
      expect((await world.deployment.verify()).differences).toEqual([]);
      expect(world.deployment.complaints()).toBe('');
    },
    600 * MINUTE,
  );
});
