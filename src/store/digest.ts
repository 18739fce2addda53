import * as crypto from 'node:crypto'
import { createHash } from 'node:crypto'

/** Length of a content hash in hexadecimal digits: a collision needs 2^64 contents. */
export const DIGEST = 32

/**
 * First 16 bytes of the SHA-256 of a text (of its UTF-8) or of bytes, in hexadecimal: a string is made in half the time of a Buffer,
 * and is a key of a Map. `digestBytes` is what the database keeps.
 */
export function digest(content: string | Uint8Array): string {
  // The one-shot form is three times faster where Node has it (20.12 on).
  const whole = crypto.hash ? crypto.hash('sha256', content, 'hex') : createHash('sha256').update(content).digest('hex')
  return whole.slice(0, DIGEST)
}

export function digestBytes(digest: string): Buffer {
  return Buffer.from(digest, 'hex')
}

export function digestOf(bytes: Buffer): string {
  return bytes.toString('hex')
}
