import schema from '../programme.schema.json' with { type: 'json' };

/** What means nothing, or something else, inside an OpenAPI document. */
const left = new Set(['$schema', '$defs', 'discriminator']);

const definitions: Readonly<Record<string, unknown>> = schema.$defs;

/**
 * The schema of a document as a part of an OpenAPI document. References would point elsewhere
 * there, so each is replaced by what it refers to; none refers to itself.
 */
export const documentSchema = inlined(schema) as { type: 'object'; additionalProperties: false };

function inlined(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(inlined);
  if (typeof node !== 'object' || node === null) return node;
  if ('$ref' in node) return inlined(definitions[String(node.$ref).replace('#/$defs/', '')]);
  return Object.fromEntries(
    Object.entries(node)
      .filter(([word]) => !left.has(word))
      .map(([word, part]) => [word, inlined(part)]),
  );
}
