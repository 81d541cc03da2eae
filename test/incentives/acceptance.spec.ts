import { acceptanceOf, blocking, type Acceptance } from '../../src/incentives/gate/report.js';
import type { Finding } from '../../src/incentives/finding.js';

const NOW = Date.parse('2026-01-01T12:00:00Z');
type Gain = Finding['gain'];

const accepted = (gain: Gain): Acceptance => ({
  ...{ id: 'a', finding: 'PUMP-1', gain: gain.minor, growth: gain.growth, auditId: 'b' },
  ...{ reason: 'For the opening', until: NOW + 1, acceptedAt: NOW - 1, acceptedBy: 'user/c' },
});
const found = (gain: Gain, check: Finding['check'] = 'PUMP') => ({ id: 'PUMP-1', check, gain });
const once = (minor: number): Gain => ({ minor, growth: 'once' });
const yearly = (minor: number): Gain => ({ minor, growth: 'per_year' });
const always = (minor: number): Gain => ({ minor, growth: 'repeatable' });

describe('what somebody answers for', () => {
  it.each([
    [once(100), once(100), true],
    [once(100), once(101), false],
    // As much, but more often, is more.
    [once(100), yearly(100), false],
    [once(100), always(1), false],
    [yearly(100), once(100), true],
    [yearly(100), always(100), false],
    [always(100), yearly(100), true],
    [always(100), always(101), false],
  ])('I42: %j covers %j: %s', (answered, gain, isCovered) => {
    const mine = accepted(answered);
    expect(acceptanceOf(found(gain), [mine], NOW)).toBe(isCovered ? mine : undefined);
  });

  it('I42: ends, is of one finding, and of no harm', () => {
    const mine = accepted(always(100));
    expect(acceptanceOf(found(once(1)), [mine], mine.until)).toBeUndefined();
    expect(acceptanceOf({ ...found(once(1)), id: 'PUMP-2' }, [mine], NOW)).toBeUndefined();
    expect(acceptanceOf(found(once(1), 'HARM'), [mine], NOW)).toBeUndefined();
  });

  it('I41: stops what is critical or high, and nothing else', () => {
    const severities = ['critical', 'high', 'medium', 'low'] as const;
    const findings = severities.map((severity) => ({ ...found(once(1)), severity }) as Finding);
    const stops = blocking({ findings }, [], NOW).map(({ severity }) => severity);
    expect(stops).toEqual(['critical', 'high']);
  });
});
