import type { Store } from '../../store/open.ts'
import type { Version } from '../../store/versions.ts'
import { type Part, partsOf } from '../diff/side.ts'
import { ChainRows } from './chain-rows.ts'
import { type Moment, timeline } from './timeline.ts'

/** One rule of a chain, and since which snapshot it stands there without a snapshot that lacks it. */
export interface BlamedRule {
  /** Its place in the chain, from 1; null among rules whose order cannot matter. */
  readonly number: number | null
  readonly text: string
  readonly since: string
  /** Whether that is the oldest snapshot that read the chain, so that the rule may be older. */
  readonly isOldest: boolean
  /** The same of a rule with this target, whatever else it says: kube-proxy writes new probabilities when the number of endpoints changes. */
  readonly targetSince: string
}

/** A chain that is the same, with the same past, on these nodes. */
export interface BlamedChain {
  readonly table: string
  readonly chain: string
  readonly family: string
  readonly nodes: readonly string[]
  /** How many nodes' rules of the family the snapshot holds. */
  readonly of: number
  /** Whether the snapshot's dumps list the chain whole. */
  readonly isWhole: boolean
  readonly rules: readonly BlamedRule[]
}

/** Since when each rule of a chain stands, as of one snapshot. [] where no node's rules hold such a chain. Snapshots that did not read a node's rules are passed over. */
export function blame(
  store: Store,
  { snapshot, chain, node }: { snapshot: string; chain: string; node?: string }
): BlamedChain[] {
  const moments = timeline(store, { subjects: ['rules'], ...(node !== undefined && { node }) })
  const at = moments.findIndex(({ name }) => name === snapshot)
  const past = moments.slice(0, at + 1).toReversed()
  const rows = new ChainRows(store, chain)
  const groups = new Map<string, { dump: Dump; nodes: string[] }>()
  const dumps = dumpsOf(past[0]!)
  for (const dump of dumps) {
    // Dumps with the same versions at all times have the same past.
    const key = JSON.stringify([
      dump.family,
      past.map((moment) => pastOf(moment, dump)?.map(({ status, versions }) => [status, versions]) ?? null)
    ])
    const known = groups.get(key)
    if (known) known.nodes.push(dump.node)
    else groups.set(key, { dump, nodes: [dump.node] })
  }
  const of = (family: string) => new Set(dumps.filter((dump) => dump.family === family).map((dump) => dump.node)).size
  const chains = [...groups.values()].flatMap(({ dump, nodes }) =>
    rows.tables().flatMap((table) => {
      const blamed = blamedRules(rows, table, dump, past)
      return blamed ? [{ table, chain, family: dump.family, nodes, of: of(dump.family), ...blamed }] : []
    })
  )
  return joined(chains)
}

interface Dump {
  readonly node: string
  readonly family: string
  readonly backend: string | null
}

function dumpsOf(moment: Moment): (Dump & Part)[] {
  return partsOf(moment, 'rules')
    .filter(({ node, status }) => node !== null && status !== 'failed')
    .map((part) => ({ ...part, node: part.node!, family: part.family ?? 'ipv4' }))
}

/** The same node's dumps of a moment; undefined where it did not read them. */
function pastOf(moment: Moment, { node, family, backend }: Dump): Part[] | undefined {
  const all = dumpsOf(moment).filter((dump) => dump.node === node && dump.family === family)
  const same = all.filter((dump) => dump.backend === backend)
  return all.length === 0 ? undefined : same.length > 0 ? same : all
}

function blamedRules(
  rows: ChainRows,
  table: string,
  dump: Dump,
  past: readonly Moment[]
): Pick<BlamedChain, 'isWhole' | 'rules'> | undefined {
  const seen = past.flatMap((moment) => {
    const parts = pastOf(moment, dump)
    const versions = parts?.flatMap((part) => part.versions) ?? []
    const isWhole = parts?.every(({ status }) => status === 'complete') === true || rows.isWhole(table, versions)
    return parts && (isWhole || moment === past[0]) ? [{ name: moment.name, versions, isWhole }] : []
  })
  const [now] = seen
  const standing = now && rows.standing(table, now.versions)
  if (!now || !standing) return undefined
  const since = (stands: (versions: readonly Version[]) => boolean) => {
    const away = seen.findIndex(({ versions }) => !stands(versions))
    return { since: seen.at(away < 0 ? -1 : away - 1)!.name, isOldest: away < 0 }
  }
  return {
    isWhole: now.isWhole,
    rules: standing.rules.map(({ rank, text, target }) => ({
      number: standing.ordered ? rank : null,
      text,
      ...since((versions) => rows.hasText(table, versions, text)),
      targetSince: since((versions) =>
        target ? rows.hasTarget(table, versions, target) : rows.hasText(table, versions, text)
      ).since
    }))
  }
}

/** Chains that turn out alike on nodes whose dumps differ elsewhere. */
function joined(chains: readonly BlamedChain[]): BlamedChain[] {
  const alike = new Map<string, BlamedChain & { nodes: string[] }>()
  for (const { nodes, ...rest } of chains) {
    const key = JSON.stringify(rest)
    const known = alike.get(key)
    if (known) known.nodes.push(...nodes)
    else alike.set(key, { ...rest, nodes: [...nodes] })
  }
  return [...alike.values()]
}
