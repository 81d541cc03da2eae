import { Global, Module } from '@nestjs/common';
import { Guesses } from './guesses.service.js';
import { Throttle } from './throttle.service.js';
import { TurnedAway } from './turned-away.service.js';

/** Needs a `DataSource` that any module provides. */
@Global()
@Module({
  providers: [Guesses, Throttle, TurnedAway],
  exports: [Guesses, Throttle],
})
export class ThrottleModule {}
