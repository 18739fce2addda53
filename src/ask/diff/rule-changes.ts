import type { Store } from '../../store/open.ts'
import { type ChangedChain, changedChains, pairVersions, type VersionPair } from './changed-chains.ts'
import type { DumpPair } from './dumps.ts'
import { type RuleDelta, ruleDeltas } from './rule-delta.ts'

/** Reads each pair of versions once, however many nodes have it. */
export class RuleChanges {
  private readonly store: Store
  private readonly known = new Map<string, readonly RuleDelta[]>()

  constructor(store: Store) {
    this.store = store
  }

  /** What differs between a node's two dumps: one list for each set of rules that nodes may share, the same list for all of them. */
  of({ before, after }: DumpPair): (readonly RuleDelta[])[] {
    const isWhole = before!.status === 'complete' && after!.status === 'complete'
    return pairVersions(before!.versions, after!.versions).map((versions) => this.ofVersions(versions, isWhole))
  }

  private ofVersions(versions: VersionPair, isWhole: boolean): readonly RuleDelta[] {
    const key = JSON.stringify([versions, isWhole])
    const known = this.known.get(key)
    if (known) return known
    const deltas = changedChains(this.store, versions)
      // What a dump that was cut does not show is unknown, not gone.
      .filter((chain) => isWhole || isWholeInBoth(chain))
      .flatMap((chain) => ruleDeltas(this.store, chain))
    this.known.set(key, deltas)
    return deltas
  }
}

function isWholeInBoth({ before, after }: ChangedChain): boolean {
  return before !== undefined && after !== undefined && before.complete && after.complete
}
