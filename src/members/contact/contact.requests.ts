import { Flag, Optional } from '../../platform/http/field.decorator.js';

export class ChangeContact {
  /** Whether notices may go to the e-mail address that is kept. */
  @Optional()
  @Flag()
  email?: boolean;

  /** Whether the retailer's messenger may pass them on. */
  @Optional()
  @Flag()
  messenger?: boolean;
}
