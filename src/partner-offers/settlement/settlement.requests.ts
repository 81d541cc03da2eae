import { OneOf, Optional } from '../../platform/http/field.decorator.js';

export const formats = ['json', 'csv', 'html'] as const;
export type Format = (typeof formats)[number];

export class SettlementFormat {
  /** As the header Accept asks when left out. */
  @Optional()
  @OneOf(formats)
  format?: Format;
}

/** What an Accept header asks for: the first of its media types that there is, or JSON. */
export function formatOf(accept: string | undefined): Format {
  const media = { 'text/csv': 'csv', 'text/html': 'html', 'application/json': 'json' } as const;
  const asked = (accept ?? '').split(',').map((each) => each.replace(/;.*/s, '').trim());
  for (const type of asked)
    if (Object.hasOwn(media, type)) return media[type as keyof typeof media];
  return 'json';
}
