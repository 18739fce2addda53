import { BulkInsert } from '../bulk-insert.ts'
import { digestBytes, digestOf } from '../digest.ts'
import type { Store } from '../open.ts'
import { LIVE } from '../versions.ts'
import { contentsOf, type Block } from './blocks.ts'
import type { ChainContent } from './content.ts'
import type { RuleForms } from './rule-forms.ts'

interface StandingChain {
  /** id of the _chain_name row */
  readonly id: number
  readonly label: string | null
  readonly table: string
  readonly chain: string
  readonly content: string
}

/** The blocks of a collection's newest version: the ids of their chains, by hash. */
export type StandingBlocks = ReadonlyMap<string, string>

export function standingBlocks(store: Store, collection: number): StandingBlocks {
  const rows = store.prepare('SELECT hash, chains FROM _block WHERE collection = ?').raw().all(collection) as [Buffer, string][]
  return new Map(rows.map(([hash, chains]) => [digestOf(hash), chains]))
}

/** Closes what is gone or changed, and opens what is new or changed, rule by rule. Blocks that stand are left alone. */
export function replaceBlocks(
  store: Store, version: { collection: number; seq: number }, blocks: readonly Block[], standing: StandingBlocks, forms: RuleForms
): void {
  const write = new ChainWriter(store, version, forms)
  const gone = new Map(standing)
  const fresh = blocks.filter(({ hash }) => !gone.delete(hash))
  const old = standingChains(store, [...gone.values()])
  const { collection } = version
  const insertBlock = store.prepare('INSERT INTO _block (collection, hash, chains) VALUES (?, ?, ?)')
  const deleteBlock = store.prepare('DELETE FROM _block WHERE collection = ? AND hash = ?')
  for (const hash of gone.keys()) deleteBlock.run(collection, digestBytes(hash))
  for (const block of fresh) {
    const ids = contentsOf(block).map((chain) => {
      const key = `${chain.table} ${chain.chain}`
      const before = old.get(key)
      old.delete(key)
      return write.replace(before, chain)
    })
    insertBlock.run(collection, digestBytes(block.hash), JSON.stringify(ids))
  }
  for (const chain of old.values()) write.close(chain)
  write.flush()
}

/** Of some blocks, by table and name. */
function standingChains(store: Store, blocks: readonly string[]): Map<string, StandingChain> {
  const select = store.prepare(
    `SELECT n.id, n.label, n.table_name AS "table", n.chain, c.content FROM json_each(?) j
     JOIN _chain_name n ON n.id = j.value JOIN _chain c ON c.chain = n.id AND c.until = ${LIVE}`
  )
  const chains = blocks.flatMap((ids) => select.all(ids) as (Omit<StandingChain, 'content'> & { content: Buffer })[])
  return new Map(chains.map((chain) => [`${chain.table} ${chain.chain}`, { ...chain, content: digestOf(chain.content) }]))
}

type ChainName = Pick<StandingChain, 'id' | 'label'>

/** In a comment: the chain's label. */
const LABEL = '\x05'

/** What kube-proxy's comment on the first rule begins with: `namespace/name:port`. */
function labelOf([first]: readonly string[]): string | null {
  return first === undefined ? null : / --comment "([\w.-]+\/[\w.:-]+)[ "]/.exec(first)?.[1] ?? null
}

/** The columns of a rule's arguments; a rule may have none of them. */
const ARGUMENTS = ['a', 'b', 'c', 'd'] as const

/** Writes one version of one collection. */
class ChainWriter {
  private readonly collection: number
  private readonly forms: RuleForms
  /** A collection that is being begun has no names yet, and looking for each of them would be half its cost. */
  private readonly begun: boolean
  private nextName: number
  private readonly names: BulkInsert
  private readonly chains: BulkInsert
  /** Of a user's chain that is whole and in order, as nearly all are. */
  private readonly plainChains: BulkInsert
  /** By the number of arguments: what is not given need not be handed over. */
  private readonly rules: readonly BulkInsert[]
  private readonly findName
  private readonly closeChain
  private readonly closeRules
  private readonly closeRule
  private readonly standingRules

  constructor(store: Store, version: { readonly collection: number; readonly seq: number }, forms: RuleForms) {
    const { collection, seq } = version
    this.collection = collection
    this.forms = forms
    this.begun = store.prepare('SELECT 1 FROM _chain_name WHERE collection = ? LIMIT 1').get(collection) !== undefined
    this.nextName = store.prepare('SELECT coalesce(max(id), 0) + 1 FROM _chain_name').pluck().get() as number
    const interval = { since: seq, until: LIVE }
    this.names = new BulkInsert(store, '_chain_name', { id: '?', collection, table_name: '?', chain: '?', kind: '?', hash: '?', label: '?' })
    this.chains = new BulkInsert(
      store, '_chain', { chain: '?', ...interval, policy: '?', complete: '?', ordered: '?', rules: '?', content: '?' }, [this.names]
    )
    this.plainChains = new BulkInsert(store, '_chain', { chain: '?', ...interval, complete: 1, ordered: 1, rules: '?', content: '?' }, [this.names])
    this.rules = [0, 1, 2, 3, 4].map((count) => {
      const args = Object.fromEntries(ARGUMENTS.slice(0, count).map((name) => [name, '?' as const]))
      return new BulkInsert(store, '_rule_row', { chain: '?', ...interval, rank: '?', form: '?', ...args }, [this.names])
    })
    this.findName = store.prepare('SELECT id, label FROM _chain_name WHERE collection = ? AND chain = ? AND table_name = ?')
    this.closeChain = store.prepare(`UPDATE _chain SET until = ${seq} WHERE chain = ? AND until = ${LIVE}`)
    this.closeRules = store.prepare(`UPDATE _rule_row SET until = ${seq} WHERE chain = ? AND until = ${LIVE}`)
    this.closeRule = store.prepare(`UPDATE _rule_row SET until = ${seq} WHERE id = ?`)
    this.standingRules = store.prepare(`SELECT id, rank, text FROM _rule WHERE chain = ? AND until = ${LIVE}`)
  }

  /** Returns the id of the chain's name. */
  replace(before: StandingChain | undefined, chain: ChainContent): number {
    if (before?.content === chain.content) return before.id
    if (before) this.closeChain.run(before.id)
    const name = before ?? this.name(chain)
    const { id } = name
    const { policy, complete, ordered, order: { rules }, content } = chain
    const hash = digestBytes(content)
    if (policy === null && complete && ordered) this.plainChains.add(id, rules.length, hash)
    else this.chains.add(id, policy, complete ? 1 : 0, ordered ? 1 : 0, rules.length, hash)
    if (before) this.changeRules(name, chain)
    else chain.order.rules.forEach((rule, index) => this.addRule(name, chain.order.ranks[index]!, rule))
    return id
  }

  close({ id }: StandingChain): void {
    this.closeChain.run(id)
    this.closeRules.run(id)
  }

  flush(): void {
    for (const insert of [this.chains, this.plainChains, ...this.rules]) insert.flush()
  }

  private name({ chain, table, kind, hash, order }: ChainContent): ChainName {
    const known = this.begun ? this.findName.get(this.collection, chain, table) as ChainName | undefined : undefined
    if (known) return known
    const name = { id: this.nextName++, label: hash === null ? null : labelOf(order.rules) }
    this.names.add(name.id, table, chain, kind, hash, name.label)
    return name
  }

  private addRule({ id, label }: ChainName, rank: number, text: string): void {
    const { form, args, comment } = this.forms.of(text)
    if (label !== null && comment >= 0 && args[comment]!.startsWith(label)) args[comment] = LABEL + args[comment]!.slice(label.length)
    this.rules[args.length]!.add(id, rank, form, ...args)
  }

  /** Rules of the same text at the same rank stay; the others change places with the new ones. */
  private changeRules(name: ChainName, { order }: ChainContent): void {
    const wanted = new Map<string, number[]>()
    order.rules.forEach((rule, index) => {
      const key = `${order.ranks[index]} ${rule}`
      wanted.set(key, [...(wanted.get(key) ?? []), index])
    })
    for (const { id: rule, rank, text } of this.standingRules.all(name.id) as { id: number; rank: number; text: string }[]) {
      if (wanted.get(`${rank} ${text}`)?.pop() === undefined) this.closeRule.run(rule)
    }
    for (const index of [...wanted.values()].flat().sort((a, b) => a - b)) this.addRule(name, order.ranks[index]!, order.rules[index]!)
  }
}
