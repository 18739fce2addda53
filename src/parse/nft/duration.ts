import { words } from '../../words.ts'

/** Durations as nft writes them: `3h`, `58m59s556ms`, `10800s`. */

const SECONDS: Readonly<Record<string, number>> = words({ d: 86_400, h: 3600, m: 60, s: 1, ms: 0.001 })

/** In seconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:ms|[dhms]))+$/.test(text)) return undefined
  let milliseconds = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    milliseconds += Number(count) * Math.round(SECONDS[unit!]! * 1000)
  }
  return milliseconds / 1000
}

export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds * 1000)
  const parts: string[] = []
  for (const [unit, size] of Object.entries(SECONDS)) {
    const count = Math.floor(rest / Math.round(size * 1000))
    rest -= count * Math.round(size * 1000)
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.length > 0 ? parts.join('') : '0s'
}
