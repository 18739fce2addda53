import { digest, digestBytes } from '../digest.ts'
import type { Store } from '../open.ts'
import { positionsOf } from '../rules/part-state.ts'
import type { StoreProblem } from './problem.ts'

interface OrderRow {
  readonly part: number
  readonly chain: number
  readonly rules: number
  readonly hash: Buffer
  /** How many rules the chain has in the part's version; null where it is not there, or has an order of its own. */
  readonly wanted: number | null
}

/** The orders in which dumps had the rules of their dispatch chains. */
export function orderProblems(store: Store): StoreProblem[] {
  const orders = store
    .prepare(
      `SELECT p.part, p.chain, o.rules, o.hash, (
       SELECT c.rules FROM _part_set t JOIN _chain_name n ON n.collection = t.collection AND n.id = p.chain
       JOIN _chain c ON c.chain = n.id AND c.since <= t.seq AND t.seq < c.until WHERE t.part = p.part AND NOT c.ordered) AS wanted
     FROM _part_order p JOIN _rule_order o ON o.id = p.rule_order`
    )
    .all() as OrderRow[]
  return orders.flatMap((order) => {
    const message = orderProblem(store, order)
    return message === null ? [] : [{ object: `part ${order.part}`, message }]
  })
}

function orderProblem(store: Store, { part, chain, rules, hash, wanted }: OrderRow): string | null {
  if (wanted !== rules) return 'an order of rules that is of another chain'
  const positions = unpacked(store, part, chain)
  if (!positions || positions.length !== rules || !positions.toSorted().every((place, index) => place === index))
    return 'an order of rules that leaves some out'
  return digestBytes(digest(positions.join())).equals(hash)
    ? null
    : 'an order of rules that is not the one that was imported: its hash is another'
}

function unpacked(store: Store, part: number, chain: number): Uint32Array | undefined {
  try {
    return positionsOf(store, part, chain)
  } catch {
    return undefined
  }
}
