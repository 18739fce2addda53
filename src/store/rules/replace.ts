import { ruleColumns } from '../../model/rule-columns.ts'
import type { Store } from '../open.ts'
import { LIVE } from '../versions.ts'
import type { ChainContent } from './content.ts'

interface StandingChain {
  /** rowid of the _chain row */
  readonly row: number
  /** id of the _chain_name row */
  readonly id: number
  readonly table: string
  readonly chain: string
  readonly content: Buffer
}

/** The chains of a collection's newest version, by table and name. */
export class StandingChains {
  private readonly tables = new Map<string, Map<string, StandingChain>>()

  constructor(rows: readonly StandingChain[]) {
    for (const row of rows) {
      let chains = this.tables.get(row.table)
      if (!chains) this.tables.set(row.table, (chains = new Map()))
      chains.set(row.chain, row)
    }
  }

  get(table: string, chain: string): StandingChain | undefined {
    return this.tables.get(table)?.get(chain)
  }

  *all(): Iterable<StandingChain> {
    for (const chains of this.tables.values()) yield* chains.values()
  }
}

export function standingChains(store: Store, collection: number): StandingChains {
  const rows = store.prepare(
    `SELECT c.rowid AS row, n.id, n.table_name AS "table", n.chain, c.content
     FROM _chain_name n JOIN _chain c ON c.chain = n.id AND c.until = ${LIVE} WHERE n.collection = ?`
  ).all(collection) as StandingChain[]
  return new StandingChains(rows)
}

/** Closes what is gone or changed, and opens what is new or changed, rule by rule. */
export function replaceChains(
  store: Store, collection: number, seq: number, chains: readonly ChainContent[], standing: StandingChains
): void {
  const write = writer(store, collection, seq)
  const seen = new Set<StandingChain>()
  for (const chain of chains) {
    const old = standing.get(chain.table, chain.chain)
    if (old) seen.add(old)
    if (old?.content.equals(chain.content)) continue
    if (old) write.closeChain(old.row)
    const id = old?.id ?? write.chainName(chain)
    write.openChain(id, chain)
    if (old) write.changeRules(id, chain)
    else write.addRules(id, chain)
  }
  for (const old of standing.all()) {
    if (seen.has(old)) continue
    write.closeChain(old.row)
    write.closeRules(old.id)
  }
}

function writer(store: Store, collection: number, seq: number) {
  const insertName = store.prepare(
    'INSERT INTO _chain_name (collection, table_name, chain, kind, hash) VALUES (?, ?, ?, ?, ?)'
  )
  const findName = store.prepare('SELECT id FROM _chain_name WHERE collection = ? AND chain = ? AND table_name = ?').pluck()
  const insertChain = store.prepare(
    `INSERT INTO _chain (chain, since, until, policy, complete, ordered, rules, content) VALUES (?, ${seq}, ${LIVE}, ?, ?, ?, ?, ?)`
  )
  const insertRule = store.prepare(
    `INSERT INTO _rule (chain, since, until, rank, text, protocol, source, destination, in_interface, out_interface,
       destination_ports, target, is_goto, to_destination, probability, not_understood)
     VALUES (?, ${seq}, ${LIVE}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
  )
  const closeChain = store.prepare(`UPDATE _chain SET until = ${seq} WHERE rowid = ?`)
  const closeRules = store.prepare(`UPDATE _rule SET until = ${seq} WHERE chain = ? AND until = ${LIVE}`)
  const closeRule = store.prepare(`UPDATE _rule SET until = ${seq} WHERE id = ?`)
  const standingRules = store.prepare(`SELECT id, rank, text FROM _rule WHERE chain = ? AND until = ${LIVE}`)
  // A collection that is being begun has no names yet, and looking for each of them would be half its cost.
  const fresh = !store.prepare('SELECT 1 FROM _chain_name WHERE collection = ? LIMIT 1').get(collection)

  function addRule(chain: number, rank: number, text: string): void {
    const c = ruleColumns(text)
    insertRule.run(
      chain, rank, text, c.protocol, c.source, c.destination, c.inInterface, c.outInterface,
      c.destinationPorts, c.target, c.isGoto ? 1 : 0, c.toDestination, c.probability, c.notUnderstood
    )
  }

  return {
    chainName(chain: ChainContent): number {
      const known = fresh ? undefined : (findName.get(collection, chain.chain, chain.table) as number | undefined)
      return known ?? Number(insertName.run(collection, chain.table, chain.chain, chain.kind, chain.hash).lastInsertRowid)
    },
    openChain(id: number, chain: ChainContent): void {
      insertChain.run(id, chain.policy, chain.complete ? 1 : 0, chain.ordered ? 1 : 0, chain.order.rules.length, chain.content)
    },
    closeChain: (row: number) => closeChain.run(row),
    closeRules: (chain: number) => closeRules.run(chain),
    addRules(id: number, chain: ChainContent): void {
      chain.order.rules.forEach((rule, index) => addRule(id, chain.order.ranks[index]!, rule.text))
    },
    /** Rules of the same text at the same rank stay; the others change places with the new ones. */
    changeRules(id: number, chain: ChainContent): void {
      const wanted = new Map(chain.order.rules.map((rule, index) => [`${chain.order.ranks[index]} ${rule.text}`, index]))
      for (const { id: rule, rank, text } of standingRules.all(id) as { id: number; rank: number; text: string }[]) {
        if (!wanted.delete(`${rank} ${text}`)) closeRule.run(rule)
      }
      for (const index of wanted.values()) addRule(id, chain.order.ranks[index]!, chain.order.rules[index]!.text)
    }
  }
}
