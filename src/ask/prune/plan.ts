import { isOfTheFuture } from '../time/future.ts'
import { type Holdings, holdsAtLeast, MEASURES } from './holdings.ts'
import { type Dated, type KeepRule, kept } from './keep.ts'

export interface Retention {
  /** Empty: no snapshot is kept for its place in the calendar. */
  readonly keep: readonly KeepRule[]
  /** Only what is before this goes. */
  readonly before: Date | undefined
  readonly timeZone: string
  readonly now: Date
}

/** A snapshot, and what the others are measured by. */
export interface Candidate extends Dated {
  readonly holds: Holdings
  /** Which cluster it is of: none pushes out another's. */
  readonly cluster: string
}

export interface Decision extends Dated {
  readonly action: 'keep' | 'remove'
  /** `daily, weekly`; `daily (holds more)`: newer ones know less; `not older`; '' for what goes. */
  readonly reason: string
}

/** What becomes of each snapshot, oldest first. */
export function plan(snapshots: readonly Candidate[], { keep, before, timeZone, now }: Retention): Decision[] {
  const reasons = new Map<string, string>()
  for (const group of groups(snapshots, now))
    for (const [name, reason] of reasonsIn(group, keep, timeZone)) reasons.set(name, reason)
  return [...snapshots]
    .sort((a, b) => a.takenAt.getTime() - b.takenAt.getTime())
    .map(({ name, takenAt }) => {
      const reason = reasons.get(name) ?? (before && takenAt >= before ? 'not older' : '')
      return { name, takenAt, action: reason === '' ? ('remove' as const) : ('keep' as const), reason }
    })
}

/** Snapshots that may take each other's place: of one cluster, and both of the past or both of a clock that was ahead. */
function groups(snapshots: readonly Candidate[], now: Date): Candidate[][] {
  const found = new Map<string, Candidate[]>()
  for (const snapshot of snapshots) {
    const key = `${isOfTheFuture(snapshot.takenAt, now)} ${snapshot.cluster}`
    const group = found.get(key)
    if (group === undefined) found.set(key, [snapshot])
    else group.push(snapshot)
  }
  return [...found.values()]
}

/**
 * The rules are applied to all snapshots, and again to those that hold at least so much, for each measure there is. So one that knows
 * less never takes the place of one that knows more, and is itself kept as long as any.
 */
function reasonsIn(group: readonly Candidate[], rules: readonly KeepRule[], timeZone: string): Map<string, string> {
  const reasons = new Map<string, string>()
  for (const fitting of different(
    MEASURES.map((measure) => group.filter(({ holds }) => holdsAtLeast(holds, measure)))
  )) {
    for (const [name, units] of kept(fitting, rules, timeZone)) {
      if (reasons.has(name)) continue
      reasons.set(name, `${units.join(', ')}${fitting.length === group.length ? '' : ' (holds more)'}`)
    }
  }
  return reasons
}

function different(lists: readonly Candidate[][]): Iterable<Candidate[]> {
  return new Map(lists.map((list) => [list.map(({ name }) => name).join(), list])).values()
}
