import type { ApiKeyEntity } from '../access.entity.js';

export interface CreatedKeyView {
  id: string;
  /** Shown this once. */
  key: string;
}

export interface KeyView {
  id: string;
  retailer: string;
  scopes: string[];
  createdAt: string;
  createdBy: string;
  expiresAt: string | null;
  revokedAt: string | null;
  /** To the minute. */
  lastUsedAt: string | null;
}

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const maybeTime = { type: ['string', 'null'], format: 'date-time' };

const object = (properties: Record<string, object>): object => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  additionalProperties: false,
});

export const createdKeySchema = object({ id: text, key: text });
export const keysSchema = object({
  items: {
    type: 'array',
    items: object({
      id: text,
      retailer: text,
      scopes: { type: 'array', items: text },
      createdAt: time,
      createdBy: text,
      expiresAt: maybeTime,
      revokedAt: maybeTime,
      lastUsedAt: maybeTime,
    }),
  },
});

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
