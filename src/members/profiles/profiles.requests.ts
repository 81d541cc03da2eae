import {
  Clearable,
  ListOfText,
  Optional,
  Text,
  WholeNumber,
} from '../../platform/http/field.decorator.js';

export const PREFERENCES_MAX = 50;
export const code = /^[a-z0-9][a-z0-9_-]{0,31}$/;

export class ChangePreferences {
  /** Code of one of the programme's personas. */
  @Clearable()
  @Text(1, 32, code)
  persona?: string | null;

  /** 1 to 12; the day and the year are nobody's business. */
  @Clearable()
  @WholeNumber(1, 12)
  birthMonth?: number | null;

  /** Codes of what the programme lets members like; the whole list. */
  @Optional()
  @ListOfText({ min: 1, max: 32, pattern: code }, 0, PREFERENCES_MAX)
  preferences?: string[];
}
