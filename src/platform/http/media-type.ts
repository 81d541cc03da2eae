/** How a change of a JSON document may be written: RFC 7396 and RFC 6902. */
export const patchMedia = ['application/merge-patch+json', 'application/json-patch+json'] as const;

export type PatchMedia = (typeof patchMedia)[number];

/** The media type that a content type names; undefined when it has parameters but UTF-8. */
export function mediaTypeOf(contentType: string): string | undefined {
  return /^([^;\s]+)(?:; ?charset=utf-8)?$/i.exec(contentType)?.[1]?.toLowerCase();
}
