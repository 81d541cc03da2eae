/** The one spelling of a document in a file. */
import {
  documentNode,
  fieldNode,
  inOrder,
  isObject,
  nodeFor,
  type SchemaNode,
} from './schema-map.js';

/**
 * A document as a file that reads and compares well: fields in the schema's order, two spaces,
 * a line feed at the end. Reading it back gives the same document, and spelling that the same file.
 */
export function spelled(document: unknown): string {
  return `${JSON.stringify(ordered(document, documentNode), undefined, 2)}\n`;
}

function ordered(value: unknown, node: SchemaNode | undefined): unknown {
  const known = nodeFor(node, value);
  if (Array.isArray(value)) return value.map((item) => ordered(item, known.items));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    inOrder(known, Object.keys(value)).map((name) => [
      name,
      ordered(value[name], fieldNode(known, name)),
    ]),
  );
}
