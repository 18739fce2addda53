const BARS = { utf8: '▁▂▃▄▅▆▇█', ascii: '.-:=+*#@' }

/** A value that the snapshot does not say. */
const UNKNOWN = '?'

export interface SparklineOptions {
  /** Columns at most. */
  readonly width: number
  /** Bars of plain ASCII, for a terminal that shows nothing else. */
  readonly ascii: boolean
}

export interface Sparkline {
  readonly line: string
  /** How many values a column stands for; the lowest of them is drawn, because that is when something was amiss. */
  readonly each: number
}

/** A row of bars: the highest value is a full one, none at all is `_`, and what is not known is `?`. */
export function sparkline(values: readonly (number | null)[], { width, ascii }: SparklineOptions): Sparkline {
  const each = Math.max(1, Math.ceil(values.length / Math.max(1, width)))
  const columns = Array.from({ length: Math.ceil(values.length / each) }, (_, index) =>
    lowest(values.slice(index * each, (index + 1) * each))
  )
  const bars = ascii ? BARS.ascii : BARS.utf8
  const highest = Math.max(...columns.map((value) => value ?? 0))
  const bar = (value: number | null) =>
    value === null ? UNKNOWN : value === 0 ? '_' : bars[Math.ceil((value / highest) * bars.length) - 1]!
  return { line: columns.map(bar).join(''), each }
}

function lowest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : Math.min(...known)
}
