/** Literals, prefixes and ranges as one word: `80`, `0x00004000`, `10.0.0.0/8`, `80-90`, `fd00::1`. */
import type { Expression, Literal } from './expression.ts'

const NUMBER = /^(?:\d+|0x[0-9a-f]+)$/i
const SCALAR = /^(?:\d+|0x[0-9a-f]+|\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:.]*|(?:\d+(?:ms|[dhms]))+)$/i

export function readLiteral(word: string): Literal {
  if (!NUMBER.test(word)) return word
  const number = Number(word)
  return Number.isSafeInteger(number) ? number : word
}

export function readValue(word: string): Expression {
  const slash = word.lastIndexOf('/')
  if (slash > 0 && /^\d+$/.test(word.slice(slash + 1)) && SCALAR.test(word.slice(0, slash)))
    return { kind: 'prefix', address: readLiteral(word.slice(0, slash)), length: Number(word.slice(slash + 1)) }
  const dash = word.indexOf('-')
  if (dash > 0 && SCALAR.test(word.slice(0, dash)) && SCALAR.test(word.slice(dash + 1)))
    return { kind: 'range', from: readLiteral(word.slice(0, dash)), to: readLiteral(word.slice(dash + 1)) }
  return readLiteral(word)
}
