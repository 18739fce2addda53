import { createHash } from 'node:crypto'
import * as crypto from 'node:crypto'

/** Length of a content hash: a collision needs 2^64 contents. */
const BYTES = 16

/** First 16 bytes of the text's SHA-256. */
export function digest(text: string): Buffer {
  // The one-shot form is three times faster where Node has it (20.12 on).
  const whole = crypto.hash ? crypto.hash('sha256', text, 'buffer') : createHash('sha256').update(text).digest()
  return whole.subarray(0, BYTES)
}
