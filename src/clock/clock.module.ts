import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { ClockController } from './clock.controller.js';
import { ClockQueries } from './clock.queries.js';
import { ClockService } from './clock.service.js';

@Module({})
export class ClockModule {
  /** Without the test clock there is no route, only the check of production. */
  static with({ testClock }: { testClock: boolean }): DynamicModule {
    return {
      module: ClockModule,
      imports: [AccessModule],
      controllers: testClock ? [ClockController] : [],
      providers: [ClockQueries, ClockService],
    };
  }
}
