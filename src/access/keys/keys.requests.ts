import { Instant, OneOf, Optional, SomeOf, Text } from '../../platform/http/field.decorator.js';
import {
  retailerKinds,
  retailerScopes,
  type RetailerKind,
  type RetailerScope,
} from '../permissions.js';

export class CreateKeyRequest {
  @Text(1, 32, /^[a-z0-9][a-z0-9-]{0,31}$/)
  retailer: string;

  /** Only read when the retailer does not exist yet. */
  @Optional()
  @OneOf(retailerKinds)
  retailerKind?: RetailerKind;

  @Optional()
  @Text(1, 100)
  retailerName?: string;

  /** Without it the key can record purchases and nothing else. */
  @Optional()
  @SomeOf(retailerScopes, 1, retailerScopes.length)
  scopes?: RetailerScope[];

  @Optional()
  @Instant()
  expiresAt?: string;
}
