import { Controller, Get, Inject } from '@nestjs/common';
import { Answers, Public } from '../../platform/http/route.decorator.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { HeadsService } from './heads.service.js';

export class HeadsKeyView {
  @Shown({ enum: ['Ed25519'] })
  algorithm: string;

  @Shown('text', 'Base64 of the public key in DER (SPKI), as files of daily heads name it.')
  publicKey: string;
}

@Controller('v1/heads')
export class HeadsController {
  constructor(@Inject(HeadsService) private readonly heads: HeadsService) {}

  /** Whoever keeps heads elsewhere needs no credential to check whose they are. */
  @Get('key')
  @Public()
  @Answers(200, HeadsKeyView, 'The public key that daily heads are signed with.')
  key(): HeadsKeyView {
    return { algorithm: 'Ed25519', publicKey: this.heads.publicKey() };
  }
}
