import { Shown } from '../../platform/openapi/view.decorator.js';
import type { Acceptance } from './report.js';

export class AcceptanceView {
  @Shown('text')
  id: string;

  @Shown('text', 'Id of the finding, which stays while its check and the parts it is about do.')
  finding: string;

  @Shown('whole', 'Minor units that it may bring at most; when it brings more, it is not accepted.')
  gain: number;

  @Shown('text')
  audit: string;

  @Shown('text')
  reason: string;

  @Shown('instant')
  until: string;

  @Shown('instant')
  acceptedAt: string;

  @Shown('text')
  acceptedBy: string;
}

export class AcceptancesView {
  @Shown([AcceptanceView])
  items: AcceptanceView[];
}

export const acceptanceView = (accepted: Acceptance): AcceptanceView => ({
  id: accepted.id,
  finding: accepted.finding,
  gain: accepted.gain,
  audit: accepted.auditId,
  reason: accepted.reason,
  until: new Date(accepted.until).toISOString(),
  acceptedAt: new Date(accepted.acceptedAt).toISOString(),
  acceptedBy: accepted.acceptedBy,
});
