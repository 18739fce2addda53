/** A clock that is wrong by less is none that makes snapshots of the future. */
const CLOCK_TOLERANCE_MS = 5 * 60_000

/** Whether the clock of the machine that collects was ahead of this one's. */
export function isOfTheFuture(takenAt: Date, now: Date): boolean {
  return takenAt.getTime() > now.getTime() + CLOCK_TOLERANCE_MS
}
