/** The Ed25519 key that signs daily heads, as settings and files keep it: base64 of PKCS #8 in DER. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The key, or undefined when the text is not one. */
export function parseSigningKey(text: string): KeyObject | undefined {
  try {
    const encoded = Buffer.from(text, 'base64');
    const key = createPrivateKey({ key: encoded, format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    // Node tells what is wrong with the bytes, which would put parts of a secret into a fault.
    return undefined;
  }
}

/** A new key in the form that `parseSigningKey` reads. */
export function makeSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}
