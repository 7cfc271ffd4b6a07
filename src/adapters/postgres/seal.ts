import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PLAIN = 0;
const DEFLATED = 1;
/** Below this size deflating saves little, and costs more than all the rest of opening. */
const WORTH_DEFLATING = 4096;

/** A key as bytes, or taken in by `readyKey`. */
export type Key = Uint8Array | KeyObject;

/** The same key for many uses: taking one in costs more than opening a fact with it. */
export const readyKey = (key: Uint8Array): Key => createSecretKey(key);

export const newKey = (): Buffer => randomBytes(KEY_BYTES);

/** A key for one purpose, from which neither the other purposes' keys nor the first key follow. */
export const derivedKey = (from: Uint8Array, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', from, '', `corrigible ${purpose}`, KEY_BYTES));

/** A name that tells nothing to who lacks the key, and is the same for the same text or bytes. */
export const keyedHash = (key: Uint8Array, of: Uint8Array | string): Buffer =>
  createHmac('sha256', key).update(of).digest();

/**
 * Encrypts and authenticates the bytes, deflated where that pays: nonce, ciphertext, tag. `about` names what they are
 * and where they belong: opened as anything else they are refused.
 */
export function seal(key: Key, plain: Uint8Array, about: readonly (string | number)[]): Buffer {
  const deflated = plain.byteLength < WORTH_DEFLATING ? null : deflateRawSync(plain);
  const body = deflated !== null && deflated.byteLength < plain.byteLength ? deflated : plain;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(JSON.stringify(about)));
  const form = Buffer.of(body === deflated ? DEFLATED : PLAIN);
  return Buffer.concat([nonce, cipher.update(form), cipher.update(body), cipher.final(), cipher.getAuthTag()]);
}

/** The bytes that were sealed. Throws when the key, `about` or a single bit is another. */
export function unseal(key: Key, sealed: Uint8Array, about: readonly (string | number)[]): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length <= NONCE_BYTES + TAG_BYTES) throw new Error('too short to be sealed');
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(JSON.stringify(about)))
    .setAuthTag(bytes.subarray(-TAG_BYTES));
  const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  const body = opened.subarray(1);
  return opened[0] === DEFLATED ? inflateRawSync(body) : body;
}
