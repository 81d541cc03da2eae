import { Body, Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { AcceptancesService } from './acceptances.service.js';
import { AcceptFinding, StartAudit } from './audits.requests.js';
import { AcceptancesView, AcceptanceView, acceptanceView } from './acceptances.views.js';
import { AuditView } from './audits.views.js';
import { DeskService } from './desk.service.js';

/** Pointers of findings are those of the document itself. */
@ApiTags('Programme')
@Controller('v1/programme')
export class AuditsController {
  constructor(
    @Inject(DeskService) private readonly desk: DeskService,
    @Inject(AcceptancesService) private readonly acceptances: AcceptancesService,
  ) {}

  @Post('audits')
  @Requires('programme:edit')
  @Rated('heavy')
  @Answers(202, AuditView, 'Begins to look for ways to game a document, or the draft.')
  async start(@Body() body: StartAudit, @CalledBy() caller: Caller): Promise<AuditView> {
    return this.desk.start(body, caller);
  }

  @Get('audits/:id')
  @Requires('programme:read')
  @Answers(200, AuditView, 'How far an audit is, and what it found.')
  async read(@Param('id') id: string, @CalledBy() caller: Caller): Promise<AuditView> {
    return this.desk.read(id, caller);
  }

  @Delete('audits/:id')
  @Requires('programme:edit')
  @Answers(204, undefined, 'Cancels an audit that runs.')
  async cancel(@Param('id') id: string): Promise<void> {
    await this.desk.cancel(id);
  }

  @Get('versions/:no/audit')
  @Requires('programme:read')
  @Answers(200, AuditView, 'The audit after which a version was published.')
  async ofVersion(@Param('no') no: string, @CalledBy() caller: Caller): Promise<AuditView> {
    return this.desk.ofVersion(no, caller);
  }

  @Get('acceptances')
  @Requires('programme:read')
  @Answers(200, AcceptancesView, 'Findings that somebody answers for now, the newest first.')
  async accepted(): Promise<AcceptancesView> {
    return { items: (await this.acceptances.current()).map(acceptanceView) };
  }

  @Post('acceptances')
  @Requires('findings:accept')
  @Answers(201, AcceptanceView, 'Answers for a finding until an instant within a year.')
  async accept(@Body() body: AcceptFinding, @CalledBy() caller: Caller): Promise<AcceptanceView> {
    return acceptanceView(await this.acceptances.accept(body, caller));
  }
}
