import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { eventsOf, eventTypeNames } from '../../src/events/catalogue.js';
import {
  newSecret,
  seal,
  sealingKey,
  signedHeaders,
  unseal,
} from '../../src/events/endpoints/secret.js';
import {
  announcementEventId,
  eventId,
  parseAnnouncementEventId,
  parseEventId,
} from '../../src/events/event-id.js';
import { restAfter, TRIES_MAX, waitAfter } from '../../src/events/sending/retry.js';
import { Webhook } from 'standardwebhooks';

const HOUR_MS = 3_600_000;
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('waits between tries', () => {
  it('E2: come to 72 hours at least and 100 at most, whatever the chance', () => {
    for (const chance of [0, 0.5, 1]) {
      const waits = Array.from(
        { length: TRIES_MAX - 1 },
        (_, n) => waitAfter(n + 1, chance) ?? NaN,
      );
      const hours = sum(waits) / HOUR_MS;
      expect(hours).toBeGreaterThanOrEqual(72);
      expect(hours).toBeLessThan(100);
      expect(waits).toEqual([...waits].sort((a, b) => a - b));
      expect(waitAfter(TRIES_MAX, chance)).toBeUndefined();
    }
  });

  it('E2: heed the wish of the receiver, up to an hour', () => {
    expect(waitAfter(1, 0, 60_000)).toBe(60_000);
    expect(waitAfter(1, 0, 10 * HOUR_MS)).toBe(HOUR_MS);
    expect(waitAfter(9, 0, 1_000)).toBe(8 * HOUR_MS);
  });

  it('E6: let an endpoint rest after ten failures in a row, a minute at most', () => {
    expect([0, 9].map(restAfter)).toEqual([0, 0]);
    expect([10, 11, 12, 100, 1e6].map(restAfter)).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  });
});

describe('ids of events', () => {
  it('E1: say which event it is, and nobody else can be meant', () => {
    fc.assert(
      fc.property(
        fc.uuid({ version: 4 }),
        fc.integer({ min: 0, max: 2_147_483_647 }),
        fc.integer({ min: 0, max: 255 }),
        (memberId, seq, n) => {
          const id = eventId({ memberId, seq, n });
          expect(id).toMatch(/^evt_[\w-]{28}$/);
          expect(parseEventId(id)).toEqual({ memberId, seq, n });
        },
      ),
    );
    for (const other of ['', 'evt_', 'evt_AAAA', 'evp_AAAA', `evt_${'A'.repeat(28)}`]) {
      expect(parseEventId(other)).toBeUndefined();
    }
    const id = announcementEventId('version/3');
    expect(parseAnnouncementEventId(id)).toBe('version/3');
    expect(parseAnnouncementEventId(`${id}!`)).toBeUndefined();
  });
});

describe('the catalogue', () => {
  it('E4: has an event for every posting but a refused one, and one more for another tier', () => {
    const at = { memberId: randomUUID(), seq: 3, tiers: undefined };
    expect(eventsOf({ ...at, kind: 'accrue' })).toEqual([{ n: 0, type: 'points.accrued' }]);
    expect(eventsOf({ ...at, kind: 'refused' })).toEqual([]);
    const up = { before: 'silver', after: 'gold' };
    expect(eventsOf({ ...at, kind: 'review', tiers: up }).map(({ type }) => type)).toEqual([
      'tier.reviewed',
      'tier.changed',
    ]);
    const same = { before: 'gold', after: 'gold' };
    expect(eventsOf({ ...at, kind: 'review', tiers: same })).toHaveLength(1);
    expect(eventsOf({ ...at, seq: 0, kind: undefined })).toEqual([
      { n: 0, type: 'member.enrolled' },
    ]);
    expect(eventTypeNames.every((type) => /^[a-z]+\.[a-z]+$/.test(type))).toBe(true);
  });
});

describe('secrets', () => {
  it('E7: are sealed for one endpoint under one key', () => {
    const secret = newSecret();
    const key = sealingKey('k'.repeat(32));
    const sealed = seal(key, 'a', secret);
    expect(sealed.toString('latin1')).not.toContain(secret);
    expect(unseal(key, 'a', sealed)).toBe(secret);
    expect(unseal(key, 'b', sealed)).toBeUndefined();
    expect(unseal(sealingKey('l'.repeat(32)), 'a', sealed)).toBeUndefined();
    sealed.writeUInt8(sealed.readUInt8(40) ^ 1, 40);
    expect(unseal(key, 'a', sealed)).toBeUndefined();
  });

  it('E7: of two, a receiver needs one; of none, nothing is taken', () => {
    const [first, second, third] = [newSecret(), newSecret(), newSecret()];
    const body = '{"type":"webhook.test"}';
    const headers = signedHeaders([first, second], { id: 'evt_1', at: new Date(), body });
    for (const secret of [first, second]) new Webhook(secret).verify(body, headers);
    expect(() => new Webhook(third).verify(body, headers)).toThrow();
    expect(() => new Webhook(first).verify(`${body} `, headers)).toThrow();
    const old = signedHeaders([first], { id: 'evt_1', at: new Date(Date.now() - 400_000), body });
    expect(() => new Webhook(first).verify(body, old)).toThrow();
  });
});
