import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyEntity, RetailerEntity, UserEntity } from './access.entity.js';
import { Door } from '../platform/http/routes.reader.js';
import { AccessGuard } from './access.guard.js';
import { AuditService } from './audit.service.js';
import { CallersService } from './callers.service.js';
import { CredentialQueries } from './credentials/credentials.queries.js';
import { FailedCredentials } from './guesses/failed-credentials.service.js';
import { KeysController } from './keys/keys.controller.js';
import { KeysService } from './keys.service.js';
import { MemberTokensService } from './member-tokens.service.js';
import { UsersService } from './users.service.js';

/** Needs a `DataSource` that loads entities, `Settings` and `Secrets` from the root module. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([ApiKeyEntity, RetailerEntity, UserEntity])],
  controllers: [KeysController],
  providers: [
    { provide: Door, useClass: AccessGuard },
    AuditService,
    CallersService,
    CredentialQueries,
    FailedCredentials,
    KeysService,
    MemberTokensService,
    UsersService,
  ],
  exports: [AuditService, KeysService, MemberTokensService, UsersService],
})
export class AccessModule {}
