/**
 * `npm run build && node dist/bench/throttle.js`: what a caller's limit costs a request, beside no
 * limit in the same run. A thousand callers take turns inside one real request; least of the rounds.
 */
import fastify, { type FastifyReply } from 'fastify';
import { parseSettings } from '../src/platform/config/settings.js';
import { Metrics } from '../src/platform/health/metrics.service.js';
import { Log } from '../src/platform/logging/log.service.js';
import { rateHeaders } from '../src/platform/throttle/rate-limited.js';
import { Throttle } from '../src/platform/throttle/throttle.service.js';
import { TurnedAway } from '../src/platform/throttle/turned-away.service.js';

const ROUNDS = 9;
const REQUESTS = 300_000;
const CALLERS = Array.from({ length: 1_000 }, (_, n) => `key/${n.toString(36).padStart(12, 'x')}`);

function throttleAt(rate: string): Throttle {
  const settings = parseSettings({ RATE_READS: rate, LOG_LEVEL: 'silent' });
  return new Throttle(settings, new TurnedAway(new Metrics(), new Log(settings)));
}

const off = throttleAt('off');
const on = throttleAt('1000000/1');
const rate = { count: 1_000_000, seconds: 1 };

type Step = (caller: string, reply: FastifyReply) => Promise<void>;

const steps: Readonly<Record<string, Step>> = {
  'no limit': async (caller, reply) => off.take('reads', caller, reply),
  'a limit that is far': async (caller, reply) => on.take('reads', caller, reply),
  'a limit that is near, told in headers': async (caller, reply) => {
    await on.take('reads', caller, reply);
    void reply.headers(rateHeaders('reads', rate, caller.length, 1));
  },
};

/** Microseconds a request. */
async function cost(step: Step, reply: FastifyReply): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < REQUESTS; n += 1) await step(CALLERS[n % CALLERS.length] ?? '', reply);
  return ((performance.now() - start) * 1_000) / REQUESTS;
}

const app = fastify();
app.get('/', async (_request, reply) => {
  const least: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, step] of Object.entries(steps)) {
      least[name] = Math.min(least[name] ?? Infinity, await cost(step, reply));
    }
  }
  return least;
});
const figures = (await app.inject('/')).json<Record<string, number>>();
for (const [name, figure] of Object.entries(figures)) {
  console.log(`${name.padEnd(40)} ${figure.toFixed(3)} us`);
}
await app.close();
