import { type Clock, withWeekday } from './clock.ts'
import { TimeReferenceError } from './error.ts'
import { isOfTheFuture } from './future.ts'
import { clockOf, meaningOf } from './meaning.ts'
import type { Meaning } from './phrase.ts'

export interface SnapshotTime {
  /** As the store numbers it, from 1; 0 outside of a store. */
  readonly id: number
  /** `2026-11-22T10-16-09Z` */
  readonly name: string
  readonly takenAt: Date
}

export interface Here {
  readonly now: Date
  /** IANA name, from TZ or the machine. */
  readonly timeZone: string
  /** Is told when snapshots that are dated in the future had to be reckoned with. */
  readonly remark?: (line: string) => void
}

/**
 * The snapshot a phrase means: a name, an id, `latest~2`, a day or a time. The rule is docs/time-references.md.
 * Throws TimeReferenceError, one line, naming the nearest snapshots where the phrase means a time without one.
 */
export async function resolve<S extends SnapshotTime>(phrase: string, snapshots: readonly S[], here: Here): Promise<S> {
  const wanted = phrase.trim().replace(/\s+/g, ' ')
  const ordered = [...snapshots].sort((a, b) => a.takenAt.getTime() - b.takenAt.getTime() || a.id - b.id)
  if (ordered.length === 0) throw new TimeReferenceError('there are no snapshots yet; import one first')
  return (
    named(wanted, ordered) ??
    numbered(wanted, ordered) ??
    countedBack(wanted, ordered, here) ??
    atTime(wanted, await meaningOf(wanted, here.now, here.timeZone), ordered, here)
  )
}

function named<S extends SnapshotTime>(wanted: string, ordered: readonly S[]): S | undefined {
  const found = ordered.filter(({ name }) => name === wanted)
  if (found.length > 1) {
    throw new TimeReferenceError(
      `${found.length} snapshots are named ${wanted}; say the id: ${found.map(({ id }) => id).join(', ')}`
    )
  }
  return found[0]
}

function numbered<S extends SnapshotTime>(wanted: string, ordered: readonly S[]): S | undefined {
  const digits = /^#?(\d{1,15})$/.exec(wanted)?.[1]
  if (digits === undefined) return undefined
  const found = ordered.find(({ id }) => id === Number(digits))
  if (found) return found
  const ids = ordered.map(({ id }) => id).sort((a, b) => a - b)
  const near = [ids.filter((id) => id < Number(digits)).at(-1), ids.find((id) => id > Number(digits))]
  throw new TimeReferenceError(
    `no snapshot has the id ${digits}; nearest: ${near.filter((id) => id !== undefined).join(' and ')}`
  )
}

/** `latest`, `latest~2`, `@-2`. */
function countedBack<S extends SnapshotTime>(wanted: string, all: readonly S[], here: Here): S | undefined {
  const match = /^(?:latest(?:~(\d{1,9}))?|@-(\d{1,9}))$/i.exec(wanted)
  if (match === null) return undefined
  const ordered = withoutFuture(wanted, all, here)
  const found = ordered.at(-1 - Number(match[1] ?? match[2] ?? 0))
  if (found) return found
  throw new TimeReferenceError(
    `${wanted} goes back past the oldest of ${ordered.length} snapshots, ${ordered[0]!.name}`
  )
}

/** Where all are of the future, this machine's clock may be the wrong one: then they count. */
function withoutFuture<S extends SnapshotTime>(wanted: string, ordered: readonly S[], here: Here): readonly S[] {
  const past = ordered.filter(({ takenAt }) => !isOfTheFuture(takenAt, here.now))
  const future = ordered.length - past.length
  if (future === 0) return ordered
  const dated = `${future === 1 ? 'a snapshot is' : `${future} snapshots are`} dated in the future, ${ordered.at(-1)!.name}`
  if (past.length === 0) here.remark?.(`${dated}: is this machine's clock right?`)
  else here.remark?.(`${dated}: not taken for ${wanted}`)
  return past.length === 0 ? ordered : past
}

function atTime<S extends SnapshotTime>(wanted: string, meaning: Meaning, ordered: readonly S[], here: Here): S {
  const local = clockOf(here.timeZone)
  if (isToCome(meaning, here.now, ordered.at(-1)!)) {
    throw new TimeReferenceError(
      `${explained(wanted, meaning, local)} is yet to come; the latest snapshot is ${shown(ordered.at(-1)!, local)}`
    )
  }
  const isToday = meaning.kind === 'day' && compare(here.now, meaning) === 0
  const usable = isToday ? withoutFuture(wanted, ordered, here) : ordered
  const found = usable.findLast((snapshot) => compare(snapshot.takenAt, meaning) <= 0)
  if (found && (meaning.kind !== 'day' || compare(found.takenAt, meaning) === 0)) return found
  const after = ordered.find((snapshot) => compare(snapshot.takenAt, meaning) > 0)
  const near = [found, after].filter((snapshot) => snapshot !== undefined)
  const where = meaning.kind === 'day' ? 'no snapshot on' : 'no snapshot at or before'
  throw new TimeReferenceError(
    `${where} ${explained(wanted, meaning, local)}; nearest: ${near.map((snapshot) => shown(snapshot, local)).join(' and ')}`
  )
}

/** Before (-1), within (0) or after (1) what the phrase means. Day and time reach to the end of their last written unit. */
function compare(instant: Date, meaning: Meaning): -1 | 0 | 1 {
  if (meaning.kind === 'instant') return order(instant.getTime(), meaning.instant.getTime())
  const wanted = meaning.kind === 'day' ? meaning.day : meaning.time
  return order(meaning.clock(instant).slice(0, wanted.length), wanted)
}

function order<T extends number | string>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A day to come simply has no snapshot; a time to come would quietly mean the latest. */
function isToCome(meaning: Meaning, now: Date, latest: SnapshotTime): boolean {
  return meaning.kind !== 'day' && compare(now, meaning) < 0 && compare(latest.takenAt, meaning) < 0
}

function explained(wanted: string, meaning: Meaning, local: Clock): string {
  const time =
    meaning.kind === 'instant'
      ? local(meaning.instant).slice(0, 16)
      : meaning.kind === 'day'
        ? meaning.day
        : meaning.time
  return time === wanted ? wanted : `${wanted} (${clockText(time)})`
}

/** `2026-11-20T10-16-09Z (id 3, Fri 2026-11-20 11:16)` */
function shown(snapshot: SnapshotTime, local: Clock): string {
  return `${snapshot.name} (${snapshot.id > 0 ? `id ${snapshot.id}, ` : ''}${clockText(local(snapshot.takenAt).slice(0, 16))})`
}

function clockText(time: string): string {
  const [day = '', clock] = time.split('T')
  return clock === undefined ? withWeekday(day) : `${withWeekday(day)} ${clock}`
}
