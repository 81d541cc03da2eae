import { OneOf } from '../../platform/http/field.decorator.js';

export const noticeResults = ['delivered', 'bounced'] as const;

export class NoticeResult {
  /** `delivered`: the member has it. `bounced`: the e-mail came back. */
  @OneOf([...noticeResults])
  result: (typeof noticeResults)[number];
}
