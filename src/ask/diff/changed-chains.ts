import type { Store } from '../../store/open.ts'
import { LIVE, type Version } from '../../store/versions.ts'
import { sameVersion } from './side.ts'

/** One chain in one version. */
export interface ChainState {
  readonly version: Version
  /** id of its name, to find its rules by */
  readonly id: number
  readonly policy: string | null
  readonly complete: boolean
  readonly ordered: boolean
}

/** A chain whose content is not the same on both sides; on one of them it may not be at all. */
export interface ChangedChain {
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  readonly before?: ChainState
  readonly after?: ChainState
}

/** Two versions of one collection, or the leftovers of both sides that share none. */
export interface VersionPair {
  readonly before: readonly Version[]
  readonly after: readonly Version[]
}

/** Brings together what has to be compared: versions of one collection each by itself, what is left by content. Equal versions drop out. */
export function pairVersions(before: readonly Version[], after: readonly Version[]): VersionPair[] {
  const left = before.filter((version) => !after.some((other) => sameVersion(version, other)))
  const right = after.filter((version) => !before.some((other) => sameVersion(version, other)))
  const pairs = left.flatMap((version) => {
    const other = right.find(({ collection }) => collection === version.collection)
    return other ? [{ before: [version], after: [other] }] : []
  })
  const isPaired = ({ collection }: Version) => pairs.some((pair) => pair.before[0]!.collection === collection)
  const rest = {
    before: left.filter((version) => !isPaired(version)),
    after: right.filter((version) => !isPaired(version))
  }
  return rest.before.length + rest.after.length > 0 ? [...pairs, rest] : pairs
}

/** Two versions of one collection are compared by their chains' intervals, others by the chains' content hashes; no rule is read. */
export function changedChains(store: Store, { before, after }: VersionPair): ChangedChain[] {
  const [was, is] = [before[0], after[0]]
  const inOne = was && is && was.collection === is.collection
  const halves = inOne
    ? [
        ...onlyIn(store, was, is).map((row) => one(row, { before: state(row, was) })),
        ...onlyIn(store, is, was).map((row) => one(row, { after: state(row, is) }))
      ]
    : [
        ...before.flatMap((version) =>
          chainsOf(store, version).map((row) => one(row, { before: state(row, version) }))
        ),
        ...after.flatMap((version) => chainsOf(store, version).map((row) => one(row, { after: state(row, version) })))
      ]
  return joined(halves)
}

interface ChainRow {
  readonly id: number
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  readonly content: string
  readonly policy: string | null
  readonly complete: number
  readonly ordered: number
}

const CHAIN = `n.id, n.table_name AS "table", n.chain, n.kind, n.hash, ifnull(n.label, '') || ' ' || c.content AS content, c.policy, c.complete, c.ordered`

/** The chains' rows whose interval holds this version's seq and not the other's. */
function onlyIn(store: Store, { collection, seq }: Version, { seq: other }: Version): ChainRow[] {
  // With the words of the indexes of what came and went (_run_until, _run_since), so that what stayed is not looked at.
  const interval =
    other > seq
      ? `c.until > @seq AND c.until <= @other AND c.until < ${LIVE} AND c.since <= @seq`
      : 'c.until > @seq AND c.since > @other AND c.since > 1 AND c.since <= @seq'
  return store
    .prepare(
      `SELECT ${CHAIN} FROM _chain c CROSS JOIN _chain_name n ON n.id = c.chain WHERE n.collection = @collection AND ${interval}`
    )
    .all({ collection, seq, other }) as ChainRow[]
}

function chainsOf(store: Store, version: Version): ChainRow[] {
  return store
    .prepare(
      `SELECT ${CHAIN} FROM _chain_name n JOIN _chain c ON c.chain = n.id WHERE n.collection = @collection AND c.until > @seq AND c.since <= @seq`
    )
    .all(version) as ChainRow[]
}

type StateWithContent = ChainState & { readonly content: string }

function state(row: ChainRow, version: Version): StateWithContent {
  return {
    version,
    id: row.id,
    policy: row.policy,
    complete: row.complete === 1,
    ordered: row.ordered === 1,
    content: row.content
  }
}

function one(
  { table, chain, kind, hash }: ChainRow,
  sides: { before: StateWithContent } | { after: StateWithContent }
): ChangedChain {
  return { table, chain, kind, hash, ...sides }
}

/** The two sides of each chain brought together, whichever collection each comes from; equal content is no change. */
function joined(halves: readonly ChangedChain[]): ChangedChain[] {
  const chains = new Map<string, ChangedChain>()
  for (const half of halves) {
    const key = `${half.table} ${half.chain}`
    chains.set(key, { ...chains.get(key), ...half })
  }
  return [...chains.values()].filter(({ before, after }) => {
    const [was, is] = [before, after] as [StateWithContent | undefined, StateWithContent | undefined]
    return !was || !is || was.content !== is.content || was.policy !== is.policy || was.complete !== is.complete
  })
}
