import { words } from '../../words.ts'

/** Priorities of base chains by name (nft(8), standard priority names). */

const NAMES: Readonly<Record<string, number>> = words({
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100
})

const OF_BRIDGES: Readonly<Record<string, number>> = words({ dstnat: -300, filter: -200, out: 100, srcnat: 300 })

/** `filter`, `dstnat - 10`, `-110`; undefined when it is none. */
export function parsePriority(words: readonly string[], family: string): number | undefined {
  const [first = '', ...rest] = words
  const base = /^-?\d+$/.test(first) ? Number(first) : (family === 'bridge' ? OF_BRIDGES : NAMES)[first]
  const offset = rest.length === 0 ? 0 : Number(rest.join(''))
  return base === undefined || !Number.isInteger(offset) ? undefined : base + offset
}
