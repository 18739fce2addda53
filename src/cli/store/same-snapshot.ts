import { talk } from '../terminal/print.ts'

interface Asked {
  /** As the user wrote it. */
  readonly phrase: string
  readonly id: number
  readonly name: string
}

/** No difference is no news where both phrases mean one snapshot. */
export function sayIfSame(before: Asked, after: Asked): void {
  if (before.id === after.id)
    talk(
      `snap: ${before.phrase} and ${after.phrase} mean the same snapshot, ${before.name}: it is compared with itself`
    )
}
