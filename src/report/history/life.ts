import type { History } from '../../ask/history/log.ts'
import { plural } from '../diff/words.ts'

/** Between which snapshots an object came and went, as far as the snapshots say. */
export interface Life {
  /** The first snapshot that has it. */
  readonly first: string | null
  /** The last snapshot before it that knows it is not there; null where none does, so that it may be older. */
  readonly cameAfter: string | null
  /** The last snapshot that has it. */
  readonly last: string | null
  /** The first snapshot after it that knows it is not there; null where none does. */
  readonly goneBy: string | null
  /** Snapshots that have it, that know it is not there, and that do not say. */
  readonly there: number
  readonly away: number
  readonly unknown: number
}

export function lifeOf({ snapshots }: Pick<History, 'snapshots'>): Life {
  const first = snapshots.findIndex(({ isThere }) => isThere === true)
  const last = snapshots.findLastIndex(({ isThere }) => isThere === true)
  const name = (index: number) => snapshots[index]?.snapshot ?? null
  const count = (state: boolean | null) => snapshots.filter(({ isThere }) => isThere === state).length
  return {
    first: name(first),
    last: name(last),
    cameAfter: name(snapshots.findLastIndex(({ isThere }, index) => index < first && isThere === false)),
    goneBy: last < 0 ? null : name(snapshots.findIndex(({ isThere }, index) => index > last && isThere === false)),
    there: count(true),
    away: count(false),
    unknown: count(null)
  }
}

export function lifeLines(history: Pick<History, 'snapshots'>): string[] {
  const { first, cameAfter, last, goneBy, there, away, unknown } = lifeOf(history)
  const total = history.snapshots.length
  const known = [
    `in ${there} of ${plural(total, 'snapshot')}`,
    away > 0 ? `not in ${away}` : '',
    unknown > 0 ? `${unknown} ${unknown === 1 ? 'does' : 'do'} not say` : ''
  ]
    .filter(Boolean)
    .join(', ')
  if (first === null) return [known]
  const came =
    cameAfter === null
      ? `there since ${first} or longer: no earlier snapshot says that it was not`
      : `came between ${cameAfter} and ${first}`
  const isLatest = history.snapshots.at(-1)?.snapshot === last
  const went =
    goneBy !== null
      ? `gone between ${last} and ${goneBy}`
      : isLatest
        ? 'there in the latest snapshot'
        : `last seen in ${last}; the snapshots since do not say`
  return [known, came, went]
}
