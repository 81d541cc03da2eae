import { Shown } from '../../platform/openapi/view.decorator.js';
import type { ApiKeyEntity } from '../access.entity.js';
import { retailerScopes } from '../permissions.js';

export class CreatedKeyView {
  @Shown('text')
  id: string;

  @Shown('text', 'Shown this once.')
  key: string;
}

export class KeyView {
  @Shown('text')
  id: string;

  @Shown('text')
  retailer: string;

  @Shown({ enum: [...retailerScopes], isArray: true })
  scopes: string[];

  @Shown('instant')
  createdAt: string;

  @Shown('text')
  createdBy: string;

  @Shown('instant', 'Null = never.', 'nullable')
  expiresAt: string | null;

  @Shown('instant', 'Null = it was not.', 'nullable')
  revokedAt: string | null;

  @Shown('instant', 'To the minute; null = never.', 'nullable')
  lastUsedAt: string | null;
}

export class KeysView {
  @Shown([KeyView])
  items: KeyView[];
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

export function keyView(key: ApiKeyEntity): KeyView {
  const { id, retailer, scopes, createdAt, createdBy, expiresAt, revokedAt, lastUsedAt } = key;
  return {
    id,
    retailer,
    scopes,
    createdAt: createdAt.toISOString(),
    createdBy,
    expiresAt: instant(expiresAt),
    revokedAt: instant(revokedAt),
    lastUsedAt: instant(lastUsedAt),
  };
}
