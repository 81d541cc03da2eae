import { Shown } from '../../platform/openapi/view.decorator.js';
import type { ContactChoices } from './contacts.queries.js';

export class ContactView {
  @Shown('flag', 'Whether notices may go to the e-mail address that is kept.')
  email: boolean;

  @Shown('flag', "Whether the retailer's messenger may pass them on.")
  messenger: boolean;

  @Shown('flag', 'Whether an e-mail address is kept.')
  emailKnown: boolean;
}

export const contactView = ({ allowed, isEmailKnown }: ContactChoices): ContactView => ({
  email: allowed.has('email'),
  messenger: allowed.has('messenger'),
  emailKnown: isEmailKnown,
});
