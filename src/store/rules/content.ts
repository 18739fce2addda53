import { createHash } from 'node:crypto'
import { chainKind, isLocalKind } from '../../model/chain-kinds.ts'
import type { Chain, Table } from '../../parse/iptables/rule.ts'
import { canonicalOrder, isDispatchKind, listedOrder, type StoredOrder } from './canonical-order.ts'

/** One chain as it is about to be stored. */
export interface ChainContent {
  readonly table: string
  readonly chain: string
  readonly kind: string
  readonly hash: string | null
  readonly policy: string | null
  readonly complete: boolean
  /** False: the order of its rules is the canonical one, and the dump's own is kept with the part. */
  readonly ordered: boolean
  readonly order: StoredOrder
  /** First 16 bytes of SHA-256 over policy, completeness and rules in stored order. */
  readonly content: Buffer
}

/** The chains that should be the same on all nodes, and a node's own. */
export interface RuleSets {
  readonly shared: ChainContent[]
  readonly local: ChainContent[]
}

export function contentOf(tables: readonly Table[]): RuleSets {
  const sets: RuleSets = { shared: [], local: [] }
  for (const table of tables) {
    for (const chain of table.chains.values()) {
      const content = chainContent(table.name ?? '', chain)
      ;(isLocalKind(content.kind) ? sets.local : sets.shared).push(content)
    }
  }
  return sets
}

function chainContent(table: string, chain: Chain): ChainContent {
  const { kind, hash } = chainKind(chain.name)
  const ordered = !isDispatchKind(kind)
  const order = ordered ? listedOrder(chain.rules) : canonicalOrder(chain.rules)
  const complete = chain.complete !== false
  return { table, chain: chain.name, kind, hash, policy: chain.policy, complete, ordered, order, content: digest(chain.policy, complete, order) }
}

/** Length of a chain's content hash: collisions need 2^64 chains. */
const CONTENT_BYTES = 16

export function digest(policy: string | null, complete: boolean, { rules, ranks }: Pick<StoredOrder, 'rules' | 'ranks'>): Buffer {
  let text = `${policy ?? '-'} ${complete ? 1 : 0} ${rules.length}`
  // A rank that is not the place itself is content: it tells runs of rules apart.
  rules.forEach((rule, index) => {
    text += ranks[index] === index + 1 ? `\0${rule.text}` : `\0${ranks[index]} ${rule.text}`
  })
  return createHash('sha256').update(text).digest().subarray(0, CONTENT_BYTES)
}

export function setHash(chains: readonly ChainContent[]): Buffer {
  const hash = createHash('sha256').update('rules')
  for (const chain of [...chains].sort(byTableAndName)) hash.update(`\n${chain.table} ${chain.chain} `).update(chain.content)
  return hash.digest()
}

function byTableAndName(a: ChainContent, b: ChainContent): number {
  if (a.table !== b.table) return a.table < b.table ? -1 : 1
  return a.chain < b.chain ? -1 : a.chain > b.chain ? 1 : 0
}
