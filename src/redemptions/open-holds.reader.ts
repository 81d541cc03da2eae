import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  ImpactService,
  type HeldReward,
  type HoldsReader,
} from '../programmes/plan/impact.service.js';

/** Tells the plan of a programme what is reserved for rewards it would take away. */
@Injectable()
export class OpenHoldsReader implements HoldsReader, OnModuleInit {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ImpactService) private readonly impact: ImpactService,
  ) {}

  onModuleInit(): void {
    this.impact.register(this);
  }

  /** Holds whose time is not up, of the rewards that have any; over the index of open ones. */
  async openHolds(rewards: readonly string[]): Promise<HeldReward[]> {
    return this.dataSource.query<HeldReward[]>(
      `SELECT reward, count(*)::int AS holds, sum(points)::float8 AS points FROM redemptions
        WHERE state = 'held' AND expires_at > programme_now() AND reward = ANY ($1)
        GROUP BY reward`,
      [rewards],
    );
  }
}
