import { Inject, Injectable } from '@nestjs/common';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import type { ProgrammeDocument } from '../document.js';
import { tierImpact, type TierImpact } from './tier-impact.js';

/** Open holds of one reward. */
export interface HeldReward {
  /** Code of the reward. */
  reward: string;
  holds: number;
  points: number;
}

/** Who knows of open holds; the module of redemptions registers itself. */
export interface HoldsReader {
  openHolds(rewards: readonly string[]): Promise<HeldReward[]>;
}

export interface RemovedReward {
  code: string;
  name: string;
  openHolds: number;
  points: number;
}

/** What a document would do to members as they are, as far as that can be counted. */
export interface Impact {
  /** Undefined = counting took too long. */
  tiers: TierImpact | undefined;
  removedRewards: RemovedReward[];
}

/** Milliseconds for a pass over all accounts, which takes half a second a million on two cores. */
const COUNTING_MS = 15_000;

@Injectable()
export class ImpactService {
  private readers: HoldsReader[] = [];

  constructor(@Inject(LedgerQueries) private readonly ledger: LedgerQueries) {}

  register(reader: HoldsReader): void {
    this.readers = [...this.readers, reader];
  }

  /** Both documents keep every law. */
  async of(from: ProgrammeDocument, to: ProgrammeDocument): Promise<Impact> {
    const ladderOf = ({ tiers }: ProgrammeDocument): number[] =>
      tiers.map(({ threshold }) => threshold);
    const counts = await this.ledger.countByTier([ladderOf(from), ladderOf(to)], COUNTING_MS);
    const kept = new Set(to.rewards.map(({ code }) => code));
    const removed = from.rewards.filter(({ code }) => !kept.has(code));
    return {
      tiers: counts && tierImpact(from, to, counts),
      removedRewards: await this.withHolds(removed),
    };
  }

  private async withHolds(
    removed: readonly { code: string; name: string }[],
  ): Promise<RemovedReward[]> {
    if (removed.length === 0) return [];
    const codes = removed.map(({ code }) => code);
    const held = (await Promise.all(this.readers.map((reader) => reader.openHolds(codes)))).flat();
    return removed.map(({ code, name }) => {
      const own = held.find(({ reward }) => reward === code);
      return { code, name, openHolds: own?.holds ?? 0, points: own?.points ?? 0 };
    });
  }
}
