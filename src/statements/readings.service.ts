import { Inject, Injectable } from '@nestjs/common';
import { SilentPoints } from '../expiry/silent-points.service.js';
import { BalancesService, type BalanceReading } from '../ledger/balances.service.js';
import { byInstant, passedBy } from '../ledger/history/instants.js';

/** Balances with every date on which points go, those of a silence included. */
@Injectable()
export class ReadingsService {
  constructor(
    @Inject(BalancesService) private readonly balances: BalancesService,
    @Inject(SilentPoints) private readonly silent: SilentPoints,
  ) {}

  /** Now; undefined when there is no such member. */
  async current(memberId: string): Promise<BalanceReading | undefined> {
    const reading = await this.balances.current(memberId);
    if (reading === undefined || pointsOf(reading) === 0 || !this.silent.isAny()) return reading;
    const silent = await this.silent.of(memberId, reading.asOf);
    if (silent.length === 0) return reading;
    const { asOf, nextExpiry, pastExpiry } = reading;
    const dated = [...pastExpiry, ...nextExpiry].map(({ at, points }) => dueAt(at, points));
    const all = [...dated, ...silent.map(({ dueAt: at, points }) => dueAt(at, points))];
    return {
      ...reading,
      nextExpiry: byInstant(all, 'expiresAt', asOf),
      pastExpiry: passedBy(all, asOf),
    };
  }

  /** As of an instant of the past; dates of a silence are told only now, as no login of then is kept. */
  async asOf(memberId: string, asOf: number): Promise<BalanceReading> {
    return this.balances.asOf(memberId, asOf);
  }
}

const pointsOf = ({ available, pending, held }: BalanceReading): number =>
  available + pending + held;

const dueAt = (expiresAt: number, remaining: number): Parameters<typeof byInstant>[0][number] => ({
  availableFrom: 0,
  expiresAt,
  remaining,
});
