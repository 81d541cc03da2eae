import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Secrets } from './config/secrets.js';
import { Settings } from './config/settings.js';
import { HealthModule } from './health/health.module.js';
import { Log } from './logging/log.service.js';
import { OutgoingMessages } from './openapi/outgoing.service.js';
import { ThrottleModule } from './throttle/throttle.module.js';

/** What has no business meaning and every module may ask for. */
@Global()
@Module({})
export class PlatformModule {
  static with(settings: Settings, secrets: Secrets): DynamicModule {
    return {
      module: PlatformModule,
      imports: [HealthModule, ThrottleModule],
      providers: [
        { provide: Settings, useValue: settings },
        { provide: Secrets, useValue: secrets },
        { provide: Log, useValue: new Log(settings) },
        OutgoingMessages,
      ],
      exports: [Settings, Secrets, Log, OutgoingMessages],
    };
  }
}
