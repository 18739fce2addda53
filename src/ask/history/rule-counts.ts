import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { type Change, objectChange } from '../diff/change.ts'
import { pairDumps } from '../diff/dumps.ts'
import type { Side } from '../diff/side.ts'
import type { Unknowns } from '../diff/unknowns.ts'

interface Interval {
  readonly since: number
  readonly until: number
  readonly chains: number
  readonly rules: number
}

/** How many chains and rules a node has, and how many chains changed: summed over intervals, which are read once a collection. */
export class RuleCounts {
  private readonly store: Store
  private readonly known = new Map<number, readonly Interval[]>()

  constructor(store: Store) {
    this.store = store
  }

  of(versions: readonly Version[]): { chains: number; rules: number } {
    const standing = versions.flatMap(({ collection, seq }) =>
      this.intervals(collection).filter(({ since, until }) => since <= seq && seq < until)
    )
    return { chains: sum(standing.map(({ chains }) => chains)), rules: sum(standing.map(({ rules }) => rules)) }
  }

  /** A change for each dump of the node whose chains are not all as they were. */
  changes(node: string, before: Side, after: Side, unknowns: Unknowns): Change[] {
    return pairDumps(before, after).flatMap(({ family, before: was, after: is }) => {
      if (is?.status !== 'complete') {
        unknowns.add(
          `rules of ${node}${family === 'ipv6' ? ' (IPv6)' : ''}`,
          'after',
          is ? (is.detail ?? is.status) : 'not collected',
          'host'
        )
        return []
      }
      if (was?.status !== 'complete') return []
      const changed = this.newChains(was.versions, is.versions)
      if (changed + this.newChains(is.versions, was.versions) === 0) return []
      const words = ({ chains, rules }: { chains: number; rules: number }) => `${rules} in ${chains} chains`
      const after = words(this.of(is.versions)) + (was.versions.length > 0 ? `, ${changed} of them new or changed` : '')
      return [
        objectChange(
          { section: 'node', namespace: '', object: node },
          'field',
          `${family} rules`,
          words(this.of(was.versions)),
          after
        )
      ]
    })
  }

  /** How many of the chains after are not, as they are, among those before. */
  private newChains(before: readonly Version[], after: readonly Version[]): number {
    return sum(
      after.map(({ collection, seq }) => {
        const other = before.find((version) => version.collection === collection)?.seq
        const isNew = ({ since, until }: Interval) =>
          since <= seq && seq < until && !(other !== undefined && since <= other && other < until)
        return sum(
          this.intervals(collection)
            .filter(isNew)
            .map(({ chains }) => chains)
        )
      })
    )
  }

  private intervals(collection: number): readonly Interval[] {
    const known =
      this.known.get(collection) ??
      (this.store
        .prepare(
          'SELECT c.since, c.until, count(*) AS chains, sum(c.rules) AS rules FROM _chain_name n JOIN _chain c ON c.chain = n.id WHERE n.collection = ? GROUP BY 1, 2'
        )
        .all(collection) as Interval[])
    this.known.set(collection, known)
    return known
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
