import type { Entries } from '../entries.ts'
import { SnapshotError } from '../error.ts'
import type { Found } from './layout.ts'
import type { ReadFile } from './read-file.ts'

export interface Span {
  readonly startedAt: string
  readonly endedAt: string
}

/** Before there was Kubernetes, files do not tell of it: archivers that know no time write 1970 or 1980. */
const FIRST = Date.UTC(2014, 5)

/** When the collection was: as told, as the archive's own file says, or as the times of its files show. Throws where nothing does. */
export async function collectionTime(
  from: string,
  entries: Entries,
  { layout, root, sources }: Found,
  read: ReadFile,
  told: Date | undefined
): Promise<{ span: Span; note: string }> {
  if (told !== undefined) return { span: span([told.getTime()]), note: `taken at ${told.toISOString()}, as --at says` }
  const written =
    layout.timestamp === undefined || !entries.paths.has(root + layout.timestamp)
      ? []
      : stamps((await read(root + layout.timestamp)).toString('utf8'))
  if (written.length > 0)
    return { span: span(written), note: `taken at ${span(written).startedAt}, as its file ${layout.timestamp} says` }
  const times = (await Promise.all(sources.map(({ path }) => entries.modified(path)))).filter(
    (time) => time !== null && time >= FIRST
  ) as number[]
  if (times.length === 0)
    throw new SnapshotError('unnamed', from, 'does not say when it was collected; say it with --at')
  return {
    span: span(times),
    note: `taken at ${span(times).startedAt}, the time of its files; say it with --at if that is wrong`
  }
}

/** Times as Go prints them: `2026-11-22 10:16:09.123456789 +0000 UTC m=+0.1`. */
function stamps(text: string): number[] {
  return text.split('\n').flatMap((line) => {
    const [, day, time, zone] =
      /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*\s?(Z|[+-]\d\d:?\d\d)/.exec(line) ?? []
    const value =
      day === undefined
        ? NaN
        : Date.parse(`${day}T${time}${zone === 'Z' ? 'Z' : `${zone!.slice(0, 3)}:${zone!.slice(-2)}`}`)
    return Number.isNaN(value) ? [] : [value]
  })
}

function span(times: readonly number[]): Span {
  const [first, last] = times.reduce(
    ([least, most], time) => [Math.min(least!, time), Math.max(most!, time)],
    [Infinity, -Infinity]
  )
  return { startedAt: new Date(first!).toISOString(), endedAt: new Date(last!).toISOString() }
}
