import { type Dated, type KeepRule, kept } from './keep.ts'

export interface Retention {
  /** Empty: no snapshot is kept for its place in the calendar. */
  readonly keep: readonly KeepRule[]
  /** Only what is before this goes. */
  readonly before: Date | undefined
  readonly timeZone: string
}

export interface Decision extends Dated {
  readonly action: 'keep' | 'remove'
  /** `daily, weekly`; `not older`; '' for what goes. */
  readonly reason: string
}

/** What becomes of each snapshot, oldest first. */
export function plan(snapshots: readonly Dated[], { keep, before, timeZone }: Retention): Decision[] {
  const reasons = kept(snapshots, keep, timeZone)
  return [...snapshots]
    .sort((a, b) => a.takenAt.getTime() - b.takenAt.getTime())
    .map((snapshot) => {
      const reason = reasons.get(snapshot.name)?.join(', ') ?? (before && snapshot.takenAt >= before ? 'not older' : '')
      return { ...snapshot, action: reason === '' ? ('remove' as const) : ('keep' as const), reason }
    })
}
