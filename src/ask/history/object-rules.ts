import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { type ChainState, type ChangedChain, pairVersions, type VersionPair } from '../diff/changed-chains.ts'
import type { DispatchRule } from '../diff/destinations.ts'
import type { DumpPair } from '../diff/dumps.ts'
import { type RuleDelta, ruleDeltas } from '../diff/rule-delta.ts'
import { DispatchRules, type RuleChoice } from './dispatch-rules.ts'

interface ChainInterval {
  readonly id: number
  readonly collection: number
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  readonly since: number
  readonly until: number
  readonly content: string
  readonly policy: string | null
  readonly complete: number
  readonly ordered: number
  readonly rules: number
}

type Standing = ChainState & { readonly row: ChainInterval }

/**
 * What differs between dumps in the chains of one object, and in the rules for it in the dispatch chains. The intervals of those chains are
 * read once; rules are read where a chain's content differs.
 */
export class ObjectRules {
  private readonly store: Store
  private readonly byCollection = new Map<number, ChainInterval[]>()
  private readonly dispatch: DispatchRules
  private readonly known = new Map<string, readonly RuleDelta[]>()

  constructor(store: Store, { chains, dispatch }: { chains: readonly string[]; dispatch?: RuleChoice }) {
    this.store = store
    this.dispatch = new DispatchRules(store, dispatch)
    for (const row of intervalsOf(store, chains)) {
      const rows = this.byCollection.get(row.collection)
      if (rows) rows.push(row)
      else this.byCollection.set(row.collection, [row])
    }
  }

  of({ before, after }: DumpPair): (readonly RuleDelta[])[] {
    const isWhole = before!.status === 'complete' && after!.status === 'complete'
    return pairVersions(before!.versions, after!.versions).map((versions) => this.ofVersions(versions, isWhole))
  }

  dispatchRules(version: Version): readonly DispatchRule[] {
    return this.dispatch.standing(version)
  }

  /** The chains that stand in the versions of a dump, and how many rules each has. */
  standing(
    versions: readonly Version[]
  ): { readonly table: string; readonly rules: number; readonly complete: boolean }[] {
    return versions.flatMap((version) =>
      this.standingIn(version).map(({ row, complete }) => ({ table: row.table, rules: row.rules, complete }))
    )
  }

  private ofVersions(versions: VersionPair, isWhole: boolean): readonly RuleDelta[] {
    const key = JSON.stringify([versions, isWhole])
    const known = this.known.get(key)
    if (known) return known
    const chains = this.changed(versions).filter(
      ({ before, after }) => isWhole || (before?.complete && after?.complete)
    )
    const deltas = [
      ...chains.flatMap((chain) => ruleDeltas(this.store, chain)),
      ...this.dispatch.deltas(versions, isWhole)
    ]
    this.known.set(key, deltas)
    return deltas
  }

  private changed({ before, after }: VersionPair): ChangedChain[] {
    const chains = new Map<string, { before?: Standing; after?: Standing }>()
    for (const [side, versions] of [
      ['before', before],
      ['after', after]
    ] as const) {
      for (const state of versions.flatMap((version) => this.standingIn(version))) {
        const key = `${state.row.table} ${state.row.chain}`
        chains.set(key, { ...chains.get(key), [side]: state })
      }
    }
    return [...chains.values()].flatMap((sides) => {
      if (sides.before && sides.after && isSame(sides.before.row, sides.after.row)) return []
      const { table, chain, kind, hash } = (sides.after ?? sides.before)!.row
      return [{ table, chain, kind, hash, ...sides }]
    })
  }

  private standingIn(version: Version): Standing[] {
    return (this.byCollection.get(version.collection) ?? [])
      .filter(({ since, until }) => since <= version.seq && version.seq < until)
      .map((row) => ({
        version,
        id: row.id,
        policy: row.policy,
        complete: row.complete === 1,
        ordered: row.ordered === 1,
        row
      }))
  }
}

function isSame(before: ChainInterval, after: ChainInterval): boolean {
  return before.content === after.content && before.policy === after.policy && before.complete === after.complete
}

function intervalsOf(store: Store, chains: readonly string[]): ChainInterval[] {
  if (chains.length === 0) return []
  // From each collection into the index of its chains' names.
  return store
    .prepare(`SELECT n.id, n.collection, n.table_name AS "table", n.chain, n.kind, n.hash, c.since, c.until, ifnull(n.label, '') || ' ' || c.content AS content, c.policy, c.complete, c.ordered, c.rules
    FROM _collection k CROSS JOIN json_each(@chains) j CROSS JOIN _chain_name n ON n.collection = k.id AND n.chain = j.value JOIN _chain c ON c.chain = n.id`)
    .all({ chains: JSON.stringify(chains) }) as ChainInterval[]
}
