import { Optional, Text } from '../../platform/http/field.decorator.js';
import { DomainError } from '../../platform/http/domain-error.js';

/** One line of a list: who is on it, by the number of their card or their id. */
export class ListLineBody {
  @Optional()
  @Text(1, 32)
  card?: string;

  @Optional()
  @Text(36, 36)
  member?: string;
}

/** The code of a list as the programme spells codes. */
export function listCode(text: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,31}$/.test(text)) return text;
  throw new DomainError('invalid_request', 'A list is called by a code.', {}, [
    {
      pointer: '/list',
      code: 'invalid_code',
      detail: '1 to 32 small letters, digits, - and _, a letter or digit first.',
    },
  ]);
}
