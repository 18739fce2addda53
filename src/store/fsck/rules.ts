import { chainKind } from '../../model/chain-kinds.ts'
import { digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import { type Block, blocksOf, setHash } from '../rules/blocks.ts'
import { isOneRun, runsContent } from '../rules/chain-runs.ts'
import { chainHash, contentOf } from '../rules/content.ts'
import { type ListedChain, listedText } from '../rules/listed-chain.ts'
import type { Version } from '../versions.ts'
import { named, type StoredVersion, type StoreProblem } from './problem.ts'

interface ChainRow {
  readonly id: number
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly policy: string | null
  readonly complete: number
  readonly rules: number
  /** Null for a chain of one run. */
  readonly content: string | null
  /** The least and the greatest of its runs. */
  readonly ordered: string
  /** 1 where its first run has no rules, and is not where such a run is. */
  readonly misplaced: number
}

/** `newest`: its blocks are in the store too, so that the chains that changed can be named. */
export function ruleProblems(store: Store, version: StoredVersion, newest: boolean): StoreProblem[] {
  const rows = chainRows(store, version)
  const { chains, ranks } = listedChains(store, version, rows)
  const { shared, local } = blocksOf(chains)
  const blocks = [...shared, ...local]
  return [
    ...rows.flatMap((row, index) => chainProblem(row, chains[index]!, ranks[index]!, version)),
    ...(setHash(blocks).equals(version.hash)
      ? []
      : [{ object: named(version), message: 'its chains are not those that were imported: their hash is another' }]),
    ...(newest ? blockProblems(store, version, rows, blocks) : [])
  ]
}

function chainRows(store: Store, { collection, seq }: Version): ChainRow[] {
  return store
    .prepare(
      `SELECT n.id, n.table_name AS "table", n.chain, n.kind, c.policy, c.complete, c.rules,
         (SELECT min(o.ordered) || ' ' || max(o.ordered) FROM _run o WHERE o.chain = n.id AND o.since <= @seq AND @seq < o.until) AS ordered,
         h.shape IS NULL AND h.rank <> h.ordered AS misplaced, iif(h.content IS NULL, NULL, hex(h.content)) AS content FROM _chain_name n
       JOIN _chain c ON c.chain = n.id AND c.since <= @seq AND @seq < c.until
       JOIN _run h ON h.chain = n.id AND h.since <= @seq AND @seq < h.until AND h.rules IS NOT NULL
       WHERE n.collection = @collection ORDER BY n.table_name, n.chain`
    )
    .all({ collection, seq }) as ChainRow[]
}

function listedChains(
  store: Store,
  { seq }: Version,
  rows: readonly ChainRow[]
): { chains: ListedChain[]; ranks: number[][] } {
  const select = store
    .prepare('SELECT rank, text FROM _rule WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank, text')
    .raw()
  const stored = rows.map(({ id }) => select.all(id, seq, seq) as [number, string | null][])
  return {
    ranks: stored.map((rules) => rules.map(([rank]) => rank)),
    chains: rows.map(({ table, chain, policy, complete }, index) => {
      const rules = stored[index]!.map(([, text]) => text ?? '')
      return {
        table,
        name: chain,
        policy,
        complete: complete === 1,
        size: rules.length,
        ...listedText(chain, rules),
        firstRule: 0
      }
    })
  }
}

function chainProblem(
  row: ChainRow,
  listed: ListedChain,
  ranks: readonly number[],
  version: StoredVersion
): StoreProblem[] {
  const object = `chain ${row.chain} of table ${row.table} in ${named(version)}`
  if (listed.size !== row.rules) return [{ object, message: `has ${listed.size} rules, ${row.rules} were imported` }]
  if (row.kind !== chainKind(row.chain).kind) return [{ object, message: 'its kind is not that of its name' }]
  const content = contentOf(listed)
  if (row.ordered !== (content.order ? '0 0' : '1 1'))
    return [{ object, message: 'whether the order of its rules matters is not what its name says' }]
  const right = content.order?.ranks ?? ranks.map((_, index) => index + 1)
  if (row.misplaced === 1 || !right.every((rank, index) => rank === ranks[index]))
    return [{ object, message: 'its rules are not at the places that belong to them' }]
  const same = row.content === (isOneRun(content) ? null : runsContent(content).toUpperCase())
  return same ? [] : [{ object, message: 'its rules are not those that were imported: their hash is another' }]
}

function blockProblems(
  store: Store,
  version: StoredVersion,
  rows: readonly ChainRow[],
  blocks: readonly Block[]
): StoreProblem[] {
  const stored = new Map(
    (
      store.prepare('SELECT hash, chains, hashes FROM _block WHERE collection = ?').raw().all(version.collection) as [
        Buffer,
        string,
        Buffer | null
      ][]
    ).map(([hash, chains, hashes]) => [digestOf(hash), { chains, hashes: hashes && digestOf(hashes) }])
  )
  const ids = new Map(rows.map(({ id, table, chain }) => [`${table} ${chain}`, id]))
  const wrong = blocks.filter((block) => {
    const own = block.chains().map(({ table, name }) => ids.get(`${table} ${name}`)!)
    const kept = stored.get(block.hash)
    const same =
      kept?.chains === JSON.stringify(own) &&
      (kept.hashes === null || kept.hashes === block.chains().map(chainHash).join(''))
    stored.delete(block.hash)
    return !same
  })
  if (wrong.length === 0 && stored.size === 0) return []
  const chains = wrong.flatMap((block) => block.chains().map(({ name }) => name))
  const among =
    chains.length === 0 ? '' : `: look among ${chains.slice(0, SHOWN).join(', ')}${chains.length > SHOWN ? ', …' : ''}`
  return [{ object: named(version), message: `the hashes of its blocks are not those of its chains${among}` }]
}

/** Chains named in one problem. */
const SHOWN = 20
