/** A programme document as a file holds it. */
import { readFile } from 'node:fs/promises';
import { DomainError } from '../../platform/http/domain-error.js';
import { parseJson } from '../../platform/http/json.js';

/** Throws `invalid_json`, which names the file, when it holds anything but one JSON object. */
export async function documentIn(file: string): Promise<object> {
  const text = await readFile(file, 'utf8');
  const value = valueIn(text, file);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new DomainError('invalid_json', `${file} holds no JSON object.`);
}

function valueIn(text: string, file: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.code, `${file}: ${error.message}`);
  }
}
