import fc from 'fast-check';
import { clientOf, parseTrusted } from '../../src/platform/config/client-address.js';
import { guessRates, parseRate, routeRates } from '../../src/platform/config/rates.js';
import { parseSettings, SettingsError } from '../../src/platform/config/settings.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import { problemReply } from '../../src/platform/http/problem.js';
import { Bars } from '../../src/platform/throttle/bars.js';
import { RateLimited } from '../../src/platform/throttle/rate-limited.js';

describe('settings of limits', () => {
  it('H17: every limit has a default, and can be another rate or off', () => {
    const { rates, guesses, trustProxy } = parseSettings({});
    expect(Object.keys(rates)).toEqual(Object.keys(routeRates));
    expect(Object.keys(guesses)).toEqual(Object.keys(guessRates));
    expect([...Object.values(rates), ...Object.values(guesses)]).not.toContain(undefined);
    expect(trustProxy).toEqual([]);
    const set = parseSettings({ RATE_WRITES: '20/1', RATE_BULK: 'off', GUESSES_ADDRESS: 'off' });
    expect(set.rates.writes).toEqual({ count: 20, seconds: 1 });
    expect([set.rates.bulk, set.guesses.address]).toEqual([undefined, undefined]);
    const people = parseSettings({ GUESSES_LOOKUPS_BY_PEOPLE: '7/86400' });
    expect(people.guesses.lookupsByPeople).toEqual({ count: 7, seconds: 86_400 });
  });

  it.each(['0/1', '5', '1/0', '-1/1', '1.5/1', '1/61', '1000001/1', '5 / 1', '1e3/1', 'on', '/'])(
    'H17: %s is no rate of requests',
    (text) => {
      expect(parseRate(text, 60)).toBeUndefined();
      expect(() => parseSettings({ RATE_READS: text })).toThrow(SettingsError);
    },
  );

  it('H19: proxies are addresses, networks or names of networks', () => {
    expect(parseTrusted('')).toEqual([]);
    expect(parseTrusted('10.0.0.0/8, loopback,2001:db8::1')).toEqual([
      ...['10.0.0.0/8', 'loopback', '2001:db8::1'],
    ]);
    for (const text of ['true', '1', 'proxy.example', '10.0.0.0/33', '10.0.0.1 10.0.0.2']) {
      expect(() => parseSettings({ TRUST_PROXY: text })).toThrow(SettingsError);
    }
  });

  it('H19: an IPv6 network counts as one client, and so does an address in either spelling', () => {
    expect(clientOf('203.0.113.9')).toBe('203.0.113.9');
    expect(clientOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(clientOf('2001:db8:1:2::1')).toBe(clientOf('2001:DB8:1:2:ffff::9'));
    expect(clientOf('2001:db8:1:2::1')).not.toBe(clientOf('2001:db8:1:3::1'));
    expect(clientOf('')).toBe('');
  });
});

describe('a refusal', () => {
  const rate = { count: 10, seconds: 900 };

  it.each([
    [1, '1'],
    [1_000, '1'],
    [1_001, '2'],
    [899_999.5, '900'],
    [0, '1'],
  ])('H17: %d ms to wait are %s seconds: whole, and never too early', (milliseconds, seconds) => {
    const { status, headers, body } = problemReply(
      new RateLimited('lookups', rate, milliseconds),
      'r',
    );
    expect(status).toBe(429);
    expect(headers).toMatchObject({
      'retry-after': seconds,
      'ratelimit-policy': '"lookups";q=10;w=900',
      ratelimit: `"lookups";r=0;t=${seconds}`,
    });
    expect(JSON.parse(body)).toMatchObject({ code: 'rate_limited', retryAfter: Number(seconds) });
  });

  it('H17: nothing else speaks of limits', () => {
    const { headers } = problemReply(new DomainError('overloaded', 'Come back.'), 'r');
    expect(Object.keys(headers)).toEqual(['content-type', 'retry-after']);
  });
});

describe('who is barred', () => {
  it('H18: is so until the time is up, and not a moment longer', () => {
    let now = 0;
    const bars = new Bars(() => now);
    expect([bars.isEmpty, bars.left('a')]).toEqual([true, 0]);
    bars.add('a', 100);
    bars.add('b', 50);
    now = 60;
    expect([bars.isEmpty, bars.left('a'), bars.left('b'), bars.left('c')]).toEqual([
      ...[false, 40, 0, 0],
    ]);
    now = 100;
    expect([bars.left('a'), bars.isEmpty]).toEqual([0, true]);
  });

  it('H18: are ten thousand at most, the first of them forgotten first', () => {
    const bars = new Bars(() => 0);
    for (let n = 0; n < 10_001; n += 1) bars.add(String(n), 100);
    expect([bars.left('0'), bars.left('1'), bars.left('10000')]).toEqual([0, 100, 100]);
  });

  it('H18: are those whose latest bar lasts, whatever came before', () => {
    const steps = fc.array(
      fc.record({ who: fc.constantFrom('a', 'b', 'c'), ms: fc.nat(50), wait: fc.nat(30) }),
    );
    fc.assert(
      fc.property(steps, (all) => {
        let now = 0;
        const bars = new Bars(() => now);
        const until: Record<string, number> = {};
        for (const { who, ms, wait } of all) {
          bars.add(who, ms);
          until[who] = now + ms;
          now += wait;
          for (const each of ['a', 'b', 'c']) {
            expect(bars.left(each)).toBe(Math.max((until[each] ?? 0) - now, 0));
          }
        }
      }),
    );
  });
});
