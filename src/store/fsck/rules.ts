import { digestBytes, digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import { blocksOf, setHash, type Block } from '../rules/blocks.ts'
import { runsContent } from '../rules/chain-runs.ts'
import { contentOf } from '../rules/content.ts'
import { listedText, type ListedChain } from '../rules/listed-chain.ts'
import type { Version } from '../versions.ts'
import { named, type StoredVersion, type StoreProblem } from './problem.ts'

interface ChainRow {
  readonly id: number
  readonly table: string
  readonly chain: string
  readonly policy: string | null
  readonly complete: number
  readonly rules: number
  readonly content: string
}

/** `newest`: its blocks are in the store too, so that the chains that changed can be named. */
export function ruleProblems(store: Store, version: StoredVersion, newest: boolean): StoreProblem[] {
  const rows = chainRows(store, version)
  const chains = listedChains(store, version, rows)
  const { shared, local } = blocksOf(chains)
  const blocks = [...shared, ...local]
  return [
    ...rows.flatMap((row, index) => chainProblem(row, chains[index]!, version)),
    ...(setHash(blocks).equals(version.hash) ? [] : [{ object: named(version), message: 'its chains are not those that were imported: their hash is another' }]),
    ...(newest ? blockProblems(store, version, blocks) : [])
  ]
}

function chainRows(store: Store, { collection, seq }: Version): ChainRow[] {
  return store
    .prepare(
      `SELECT n.id, n.table_name AS "table", n.chain, c.policy, c.complete, c.rules, hex(h.content) AS content FROM _chain_name n
       JOIN _chain c ON c.chain = n.id AND c.since <= @seq AND @seq < c.until
       JOIN _run h ON h.chain = n.id AND h.since <= @seq AND @seq < h.until AND h.rules IS NOT NULL
       WHERE n.collection = @collection ORDER BY n.table_name, n.chain`
    )
    .all({ collection, seq }) as ChainRow[]
}

function listedChains(store: Store, { seq }: Version, rows: readonly ChainRow[]): ListedChain[] {
  const select = store.prepare('SELECT text FROM _rule WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank, text').pluck()
  return rows.map(({ id, table, chain, policy, complete }) => {
    const rules = (select.all(id, seq, seq) as (string | null)[]).map((rule) => rule ?? '')
    return { table, name: chain, policy, complete: complete === 1, size: rules.length, ...listedText(chain, rules), firstRule: 0 }
  })
}

function chainProblem(row: ChainRow, listed: ListedChain, version: StoredVersion): StoreProblem[] {
  const object = `chain ${row.chain} of table ${row.table} in ${named(version)}`
  if (listed.size !== row.rules) return [{ object, message: `has ${listed.size} rules, ${row.rules} were imported` }]
  if (row.content === '') return []
  const same = digestBytes(runsContent(contentOf(listed))).toString('hex').toUpperCase() === row.content
  return same ? [] : [{ object, message: 'its rules are not those that were imported: their hash is another' }]
}

function blockProblems(store: Store, version: StoredVersion, blocks: readonly Block[]): StoreProblem[] {
  const stored = new Set((store.prepare('SELECT hash FROM _block WHERE collection = ?').pluck().all(version.collection) as Buffer[]).map(digestOf))
  const wrong = blocks.filter(({ hash }) => !stored.delete(hash))
  if (wrong.length === 0 && stored.size === 0) return []
  const chains = wrong.flatMap((block) => block.chains().map(({ name }) => name))
  const among = chains.length === 0 ? '' : `: look among ${chains.slice(0, SHOWN).join(', ')}${chains.length > SHOWN ? ', …' : ''}`
  return [{ object: named(version), message: `the hashes of its blocks are not those of its chains${among}` }]
}

/** Chains named in one problem. */
const SHOWN = 20
