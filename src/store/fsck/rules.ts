import { blocksOf, setHash, type Block } from '../rules/blocks.ts'
import { contentOf } from '../rules/content.ts'
import type { ListedChain } from '../rules/listed-chain.ts'
import { digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import type { Version } from '../versions.ts'
import { named, type StoredVersion, type StoreProblem } from './problem.ts'

interface ChainRow {
  readonly id: number
  readonly table: string
  readonly chain: string
  readonly policy: string | null
  readonly complete: number
  readonly rules: number
  readonly content: Buffer
}

/** `newest`: its blocks are in the store too. */
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
      `SELECT n.id, n.table_name AS "table", n.chain, c.policy, c.complete, c.rules, c.content FROM _chain_name n
       JOIN _chain c ON c.chain = n.id AND c.since <= ? AND ? < c.until WHERE n.collection = ? ORDER BY n.table_name, n.chain`
    )
    .all(seq, seq, collection) as ChainRow[]
}

function listedChains(store: Store, { seq }: Version, rows: readonly ChainRow[]): ListedChain[] {
  const select = store.prepare('SELECT text FROM _rule WHERE chain = ? AND since <= ? AND until > ? ORDER BY rank, text').pluck()
  return rows.map(({ id, table, chain, policy, complete }) => {
    const rules = select.all(id, seq, seq) as string[]
    const splits = rules.every((rule) => !rule.includes('\n'))
    const source = rules.map((rule) => `-A ${chain} ${rule}${splits ? '\n' : '\0'}`).join('')
    return { table, name: chain, policy, complete: complete === 1, size: rules.length, source, from: 0, to: source.length, splits, firstRule: 0 }
  })
}

function chainProblem(row: ChainRow, listed: ListedChain, version: StoredVersion): StoreProblem[] {
  const object = `chain ${row.chain} of table ${row.table} in ${named(version)}`
  if (listed.size !== row.rules) return [{ object, message: `has ${listed.size} rules, ${row.rules} were imported` }]
  return contentOf(listed).content === digestOf(row.content) ? [] : [{ object, message: 'its rules are not those that were imported: their hash is another' }]
}

function blockProblems(store: Store, version: StoredVersion, blocks: readonly Block[]): StoreProblem[] {
  const stored = store.prepare('SELECT hash FROM _block WHERE collection = ?').pluck().all(version.collection) as Buffer[]
  const text = (hashes: readonly string[]) => hashes.toSorted().join('')
  return text(stored.map(digestOf)) === text(blocks.map(({ hash }) => hash)) ? [] : [{ object: named(version), message: 'the hashes of its blocks are not those of its chains' }]
}
