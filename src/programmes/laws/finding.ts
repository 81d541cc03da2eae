import type { FieldFault } from '../../platform/http/domain-error.js';

/** What is wrong with a document, and where: a JSON pointer from the document's root. */
export type Finding = FieldFault;

/** The places at which a code was already used by an earlier item of the same list. */
export function repeated(list: string, key: string, codes: readonly string[]): Finding[] {
  return codes.flatMap((code, place) =>
    codes.indexOf(code) === place
      ? []
      : [
          {
            code: 'duplicate_code',
            pointer: `/${list}/${String(place)}/${key}`,
            detail: `"${code}" is used twice in ${list}.`,
          },
        ],
  );
}
